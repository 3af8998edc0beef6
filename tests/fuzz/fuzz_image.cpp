// The JPEG and PNG path, whole and made smaller, damaged images refused and filled. Only Error may escape.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "suite/core/error.h"
#include "suite/data/decoded_image.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace dsqbench;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const Decoding smaller{[](const ImageShape&) { return 4; }, DamagedImages::filled};
    for (const Decoding& decoding : {Decoding{}, smaller}) {
        try {
            decode_image(bytes, "image", decoding);
        } catch (const Error&) {
        }
    }
    return 0;
}
