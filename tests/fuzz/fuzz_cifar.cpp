// The CIFAR batch parser in both layouts. Only Error may escape.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "suite/core/error.h"
#include "suite/data/cifar.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace dsqbench;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    for (const CifarLayout& layout : {cifar10_layout, cifar100_layout}) {
        try {
            parse_cifar(bytes, layout, "batch");
        } catch (const Error&) {
        }
    }
    return 0;
}
