#include "suite/data/png.h"

#include <png.h>

#include <string>

#include "suite/core/error.h"

namespace dsqbench {

namespace {

// libpng's simplified interface: it catches its own errors and returns 0.
class Decoder {
public:
    Decoder() { image_.version = PNG_IMAGE_VERSION; }
    ~Decoder() { png_image_free(&image_); }
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;

    png_image& image() { return image_; }

private:
    png_image image_{};
};

[[noreturn]] void fail(const png_image& image, const std::string& place) {
    throw Error(ExitCode::data, std::string("damaged PNG file: ") + image.message, "get it again, or remove it", place);
}

}  // namespace

DecodedImage decode_png(std::string_view bytes, const std::string& place, const Decoding& decoding) {
    Decoder decoder;
    png_image& image = decoder.image();
    if (png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) == 0) fail(image, place);
    check_image_size(image.width, image.height, place);
    image.format = PNG_FORMAT_RGB;
    const ImageShape whole{3, static_cast<int>(image.height), static_cast<int>(image.width)};
    InterleavedRows rows{std::vector<std::uint8_t>(PNG_IMAGE_SIZE(image)), 0, 0, whole.width};
    const png_color black{0, 0, 0};
    if (png_image_finish_read(&image, &black, rows.bytes.data(), 0, nullptr) == 0) fail(image, place);
    return planar_image(rows, whole, chosen_excerpt(decoding, whole));
}

}  // namespace dsqbench
