#include "suite/data/jpeg.h"

// jpeglib.h needs size_t and FILE declared before it.
// clang-format off
#include <csetjmp>
#include <cstddef>
#include <cstdio>
#include <jpeglib.h>
// clang-format on

#include <algorithm>
#include <string>

#include "suite/core/error.h"

namespace dsqbench {

namespace {

// A progressive file may go over the image once for every few bytes; real ones have about ten scans.
constexpr int max_scans = 100;

// libjpeg calls back on an error and expects not to get control again: setjmp and longjmp live in this class and its
// callbacks only.
class Decoder {
public:
    Decoder(const std::string& place, DamagedImages damaged) : place_(place) {
        info_.err = jpeg_std_error(&trap_.manager);
        trap_.manager.error_exit = jump_back;
        trap_.manager.emit_message = damaged == DamagedImages::refused ? refuse_warnings : keep_first_warning;
        trap_.progress.progress_monitor = refuse_many_scans;
        info_.client_data = &trap_;
    }
    ~Decoder() { jpeg_destroy_decompress(&info_); }
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;

    // Runs `step(info)`; what libjpeg complains about becomes Error(data). `step` must own nothing that has a
    // destructor: a jump over one is undefined.
    template <class Step>
    void guarded(const Step& step) {
        if (setjmp(trap_.back) != 0) throw Error(ExitCode::data, damage(), "get it again, or remove it", place_);
        step(info_);
    }

    void open(std::string_view bytes) {
        guarded([&](jpeg_decompress_struct& info) {
            jpeg_create_decompress(&info);
            info.progress = &trap_.progress;
            jpeg_mem_src(&info, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
            jpeg_read_header(&info, TRUE);
        });
    }

    jpeg_decompress_struct& info() { return info_; }
    // Empty as long as libjpeg complained about nothing.
    std::string damage() const {
        return trap_.message[0] == 0 ? "" : std::string("damaged JPEG file: ") + trap_.message;
    }

private:
    struct Trap {
        jpeg_error_mgr manager;
        jpeg_progress_mgr progress;
        std::jmp_buf back;
        char message[JMSG_LENGTH_MAX];
    };

    [[noreturn]] static void jump_back(j_common_ptr info) {
        Trap* trap = static_cast<Trap*>(info->client_data);
        info->err->format_message(info, trap->message);
        std::longjmp(trap->back, 1);
    }

    static void refuse_warnings(j_common_ptr info, int level) {
        if (level < 0) jump_back(info);
    }

    static void keep_first_warning(j_common_ptr info, int level) {
        Trap* trap = static_cast<Trap*>(info->client_data);
        if (level < 0 && trap->message[0] == 0) info->err->format_message(info, trap->message);
    }

    static void refuse_many_scans(j_common_ptr info) {
        if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number <= max_scans) return;
        Trap* trap = static_cast<Trap*>(info->client_data);
        std::snprintf(trap->message, sizeof trap->message, "more than %d scans", max_scans);
        std::longjmp(trap->back, 1);
    }

    const std::string& place_;
    Trap trap_{};
    jpeg_decompress_struct info_{};
};

bool is_four_colour(const jpeg_decompress_struct& info) {
    return info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
}

ImageShape output_shape(const jpeg_decompress_struct& info) {
    return {3, static_cast<int>(info.output_height), static_cast<int>(info.output_width)};
}

// Colours spread over two pixels, so the outermost columns of a part are not those of the whole.
constexpr int spread = 2;

// The wanted rows, and of them what libjpeg can leave out of the columns: it decodes whole blocks.
InterleavedRows read_rows(Decoder& decoder, const Excerpt& wanted) {
    auto& info = decoder.info();
    InterleavedRows rows;
    JDIMENSION left = 0, width = info.output_width;
    decoder.guarded([&left, &width, &wanted](jpeg_decompress_struct& step) {
        jpeg_start_decompress(&step);
        const int first = std::max(wanted.left - spread, 0);
        const int end = std::min(wanted.right + spread, static_cast<int>(step.output_width));
        left = static_cast<JDIMENSION>(first);
        width = static_cast<JDIMENSION>(end - first);
        if (width < step.output_width) jpeg_crop_scanline(&step, &left, &width);
    });
    rows.left = static_cast<int>(left);
    rows.top = wanted.top;
    rows.width = static_cast<int>(info.output_width);
    const std::size_t stride = std::size_t{info.output_width} * (is_four_colour(info) ? 4 : 3);
    rows.bytes.resize(stride * static_cast<std::size_t>(wanted.bottom - wanted.top));
    std::uint8_t* const first = rows.bytes.data();
    decoder.guarded([first, stride, &wanted](jpeg_decompress_struct& step) {
        const auto top = static_cast<JDIMENSION>(wanted.top), bottom = static_cast<JDIMENSION>(wanted.bottom);
        if (top > 0) jpeg_skip_scanlines(&step, top);
        while (step.output_scanline < bottom) {
            JSAMPROW row = first + stride * (step.output_scanline - top);
            jpeg_read_scanlines(&step, &row, 1);
        }
        if (bottom == step.output_height) jpeg_finish_decompress(&step);
    });
    return rows;
}

// Light = paper * (1 - ink) * (1 - black). Adobe's files, known by their marker, store the complement.
std::vector<std::uint8_t> rgb_of_cmyk(const std::vector<std::uint8_t>& cmyk, bool complement) {
    std::vector<std::uint8_t> rgb;
    rgb.reserve(cmyk.size() / 4 * 3);
    const unsigned flip = complement ? 0 : 255;
    for (std::size_t pixel = 0; pixel < cmyk.size(); pixel += 4)
        for (std::size_t ink = 0; ink < 3; ++ink)
            rgb.push_back(
                static_cast<std::uint8_t>(((cmyk[pixel + ink] ^ flip) * (cmyk[pixel + 3] ^ flip) + 127) / 255));
    return rgb;
}

}  // namespace

DecodedImage decode_jpeg(std::string_view bytes, const std::string& place, const Decoding& decoding) {
    Decoder decoder(place, decoding.damaged);
    decoder.open(bytes);
    auto& info = decoder.info();
    check_image_size(info.image_width, info.image_height, place);
    const ImageShape image{3, static_cast<int>(info.image_height), static_cast<int>(info.image_width)};
    const Excerpt excerpt = chosen_excerpt(decoding, image);
    info.out_color_space = is_four_colour(info) ? JCS_CMYK : JCS_RGB;
    info.dct_method = JDCT_ISLOW;  // the exact one: the same bytes with and without vector instructions
    info.scale_num = 1;
    info.scale_denom = static_cast<unsigned>(excerpt.reduction);
    decoder.guarded([](jpeg_decompress_struct& step) { jpeg_calc_output_dimensions(&step); });
    const ImageShape whole = output_shape(info);
    const Excerpt wanted = scaled_excerpt(excerpt, image, whole);
    InterleavedRows rows = read_rows(decoder, wanted);
    if (is_four_colour(info)) rows.bytes = rgb_of_cmyk(rows.bytes, info.saw_Adobe_marker != FALSE);
    DecodedImage decoded = planar_image(rows, whole, wanted);
    decoded.damage = decoder.damage();
    return decoded;
}

}  // namespace dsqbench
