// The JPEG and PNG path, whole and a part made smaller, damaged images refused and filled. Only Error may escape.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "suite/core/error.h"
#include "suite/data/decoded_image.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace dsqbench;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const Decoding part{
        [](const ImageShape& whole) {
            return Excerpt{whole.width / 3, whole.height / 3, whole.width / 2, whole.height / 2, 1 << whole.width % 4};
        },
        DamagedImages::filled};
    for (const Decoding& decoding : {Decoding{}, part}) {
        try {
            decode_image(bytes, "image", decoding);
        } catch (const Error&) {
        }
    }
    return 0;
}
