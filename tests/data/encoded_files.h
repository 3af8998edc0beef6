// Tiny files in the formats that the readers read, and the means to put them somewhere.
#pragma once

// jpeglib.h needs size_t and FILE declared before it.
// clang-format off
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <jpeglib.h>
// clang-format on
#include <png.h>
#include <zlib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace dsqbench {

// Creates missing parent folders.
inline std::filesystem::path write_file(const std::filesystem::path& path, std::string_view bytes) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream file(path, std::ios::binary);
    file << bytes;
    if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
    return path;
}

inline std::string big_endian_bytes(std::uint32_t value) {
    return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
            static_cast<char>(value)};
}

inline std::string idx_header(const std::vector<std::uint32_t>& dimensions) {
    std::string bytes{0, 0, 8, static_cast<char>(dimensions.size())};
    for (const std::uint32_t dimension : dimensions) bytes += big_endian_bytes(dimension);
    return bytes;
}

inline std::string gzip_bytes(std::string_view content) {
    z_stream stream{};
    if (deflateInit2(&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::runtime_error("deflateInit2");
    std::string bytes(deflateBound(&stream, content.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
    stream.avail_in = static_cast<uInt>(content.size());
    stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
    stream.avail_out = static_cast<uInt>(bytes.size());
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END) throw std::runtime_error("deflate");
    bytes.resize(stream.total_out);
    deflateEnd(&stream);
    return bytes;
}

struct JpegContent {
    int width = 8, height = 8;
    int components = 3;              // 1 grey, 3 RGB, 4 CMYK
    std::vector<std::uint8_t> fill;  // a pixel or some, repeated from left to right and on to the next row
    bool adobe_marker = true;        // of a CMYK file: its inks are stored as complements
};

inline std::string jpeg_bytes(const JpegContent& content) {
    jpeg_compress_struct info{};
    jpeg_error_mgr errors;
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    unsigned char* memory = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&info, &memory, &size);
    info.image_width = static_cast<JDIMENSION>(content.width);
    info.image_height = static_cast<JDIMENSION>(content.height);
    info.input_components = content.components;
    info.in_color_space = content.components == 1 ? JCS_GRAYSCALE : content.components == 3 ? JCS_RGB : JCS_CMYK;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, 100, TRUE);
    if (!content.adobe_marker) info.write_Adobe_marker = FALSE;
    jpeg_start_compress(&info, TRUE);
    std::vector<std::uint8_t> row(static_cast<std::size_t>(content.width * content.components));
    std::size_t next = 0;
    for (int y = 0; y < content.height; ++y) {
        for (auto& value : row) value = content.fill[next++ % content.fill.size()];
        JSAMPROW pointer = row.data();
        jpeg_write_scanlines(&info, &pointer, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    std::string bytes(reinterpret_cast<const char*>(memory), size);
    std::free(memory);
    return bytes;
}

// `format` is PNG_FORMAT_RGB, PNG_FORMAT_GRAY, PNG_FORMAT_RGBA.
inline std::string png_bytes(int width, int height, png_uint_32 format, const std::vector<std::uint8_t>& pixels) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(width);
    image.height = static_cast<png_uint_32>(height);
    image.format = format;
    png_alloc_size_t size = 0;
    if (!png_image_write_to_memory(&image, nullptr, &size, 0, pixels.data(), 0, nullptr))
        throw std::runtime_error("png");
    std::string bytes(size, '\0');
    if (!png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels.data(), 0, nullptr))
        throw std::runtime_error("png");
    return bytes;
}

// A PNG of one colour.
inline std::string rgb_png_bytes(int width, int height, std::uint8_t red, std::uint8_t green, std::uint8_t blue) {
    std::vector<std::uint8_t> pixels;
    for (int i = 0; i < width * height; ++i)
        for (const std::uint8_t level : {red, green, blue}) pixels.push_back(level);
    return png_bytes(width, height, PNG_FORMAT_RGB, pixels);
}

}  // namespace dsqbench
