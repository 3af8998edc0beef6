// Any bytes, as a file of PyTorch and as the pickle in one, are either refused with Error or tensors of their shape.
#include <cstdint>
#include <cstdlib>

#include "suite/core/error.h"
#include "suite/models/torch_file.h"
#include "tests/models/zip_bytes.h"

namespace {

void give(const std::string& bytes) {
    using namespace dsqbench;
    try {
        for (const auto& [name, tensor] : parse_torch_file(bytes, "input").tensors)
            if (static_cast<std::size_t>(tensor.element_count()) * size_of(tensor.type) != tensor.bytes.size())
                std::abort();
    } catch (const Error&) {
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    give(bytes);
    // A checksum guards the pickle inside a file from mutations.
    std::map<std::string, std::string> files{{"a/data.pkl", bytes}, {"a/version", "3\n"}};
    for (int i = 0; i < 5; ++i) files["a/data/" + std::to_string(i)] = std::string(i == 0 ? 96 : 24, 'x');
    give(dsqbench::zip_bytes(files));
    return 0;
}
