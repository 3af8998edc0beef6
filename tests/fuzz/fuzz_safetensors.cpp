// Any bytes are either refused with Error or a file that survives being written and read again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "suite/core/error.h"
#include "suite/core/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace dsqbench;
    TensorFile file;
    try {
        file = parse_safetensors({reinterpret_cast<const char*>(data), size}, "input");
    } catch (const Error&) {
        return 0;
    }
    const TensorFile again = parse_safetensors(format_safetensors(file), "written again");
    if (again.metadata != file.metadata || again.tensors.size() != file.tensors.size()) std::abort();
    for (const auto& [name, tensor] : file.tensors) {
        const StoredTensor& other = again.tensors.at(name);
        if (other.type != tensor.type || other.shape != tensor.shape || other.bytes != tensor.bytes) std::abort();
        if (static_cast<std::size_t>(tensor.element_count()) * size_of(tensor.type) != tensor.bytes.size())
            std::abort();
    }
    return 0;
}
