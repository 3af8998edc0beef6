// The JPEG and PNG path. Only Error may escape.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "suite/core/error.h"
#include "suite/data/decoded_image.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace dsqbench;
    try {
        decode_image(std::string_view(reinterpret_cast<const char*>(data), size), "image");
    } catch (const Error&) {
    }
    return 0;
}
