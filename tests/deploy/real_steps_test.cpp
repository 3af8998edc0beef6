#include "suite/deploy/real_steps.h"

#include <gtest/gtest.h>

#include "kernels/api/layout.h"
#include "suite/core/random.h"
#include "tests/deploy/node_reference.h"

namespace dsqbench::deploy {
namespace {

// Code (or number) of channel c and byte b: easily told apart.
ReadImage table(int channels, int bits) {
    ReadImage read_image;
    for (int c = 0; c < channels; ++c)
        for (int byte = 0; byte < 256; ++byte) {
            read_image.codes.push_back(static_cast<std::uint8_t>((byte + 3 * c) & ((1 << bits) - 1)));
            read_image.reals.push_back(static_cast<float>(1000 * c + byte));
        }
    return read_image;
}

std::vector<std::uint8_t> image(int channels, int pixels) {
    std::vector<std::uint8_t> bytes;
    for (int i = 0; i < channels * pixels; ++i) bytes.push_back(static_cast<std::uint8_t>(37 * i));
    return bytes;
}

TEST(ReadImage, looks_up_every_byte_in_its_channels_table) {
    constexpr int height = 3, width = 5;
    for (const int channels : {1, 3, 4, 5, 9})
        for (const int bits : {1, 2, 3, 8}) {
            const TensorType type{height, width, channels, bits};
            const ReadImage read_image = table(channels, bits);
            const auto bytes = image(channels, height * width);
            std::vector<std::uint8_t> packed(static_cast<std::size_t>(type.bytes()), 0xCD);
            read_codes(read_image, type, bytes.data(), packed.data());
            const auto codes = unpack_codes(packed, channels, bits);
            for (int pixel = 0; pixel < height * width; ++pixel)
                for (int c = 0; c < channels; ++c)
                    ASSERT_EQ(codes[static_cast<std::size_t>(pixel * channels + c)],
                              read_image.codes[static_cast<std::size_t>(
                                  256 * c + bytes[static_cast<std::size_t>(c * height * width + pixel)])])
                        << channels << " channels, " << bits << " bits, pixel " << pixel;
        }
}

TEST(ReadImage, gives_real_numbers_in_the_order_of_pixels) {
    const TensorType type{2, 2, 3, real_bits};
    const auto bytes = image(3, 4);
    std::vector<float> values(12);
    read_reals(table(3, 8), type, bytes.data(), values.data());
    for (std::size_t pixel = 0; pixel < 4; ++pixel)
        for (std::size_t c = 0; c < 3; ++c)
            EXPECT_EQ(values[3 * pixel + c], static_cast<float>(1000 * c + bytes[4 * c + pixel]));
}

TEST(MeanPixels, is_each_channels_mean) {
    const std::vector<float> values{1, 10, 2, 20, 3, 30, 6, 40};
    std::vector<float> means(2);
    mean_pixels({2, 2, 2, real_bits}, values.data(), means.data());
    EXPECT_EQ(means, (std::vector<float>{3, 25}));
}

TEST(FloatConvolution, is_the_convolution_with_its_last_step) {
    Random random(3);
    Layer layer;
    layer.shape.height = 5;
    layer.shape.width = 4;
    layer.shape.in_channels = 3;
    layer.shape.out_channels = 6;
    layer.shape.kernel_height = 3;
    layer.shape.kernel_width = 2;
    layer.shape.stride = 2;
    layer.shape.padding = {1, 0, 1, 1};
    layer.rectifier = Rectifier::relu;
    layer.shortcut = 0;
    const auto normals = [&](std::size_t count) {
        std::vector<float> values;
        for (std::size_t i = 0; i < count; ++i) values.push_back(static_cast<float>(random.normal()));
        return values;
    };
    layer.weights = normals(static_cast<std::size_t>(6 * layer.shape.depth()));
    layer.scale = normals(6);
    layer.shift = normals(6);
    const auto pixels = static_cast<std::size_t>(layer.shape.out_pixels());
    const auto input = normals(5 * 4 * 3), shortcut = normals(6 * pixels);

    RealConvolution operation{layer.shape, layer.weights, {}};
    operation.epilogue.scale = layer.scale;
    operation.epilogue.bias = layer.shift;
    operation.epilogue.rectifier = Rectifier::relu;
    operation.epilogue.shortcut = Shortcut::added;
    operation.epilogue.grids = {{2, 0.0F, 0.5F}};
    std::vector<float> output(6 * pixels);
    std::vector<std::uint8_t> codes(pixels * static_cast<std::size_t>(pixel_bytes(6, 2)), 0xCD);
    ConvolutionBuffers buffers;
    buffers.output = output.data();
    buffers.shortcut = shortcut.data();
    buffers.codes[0] = codes.data();
    FloatConvolution(operation, layer.shape).run(input.data(), buffers);

    const auto expected = testing::reference(layer, {input.begin(), input.end()}, {shortcut.begin(), shortcut.end()});
    const auto unpacked = unpack_codes(codes, 6, 2);
    for (std::size_t i = 0; i < output.size(); ++i) {
        EXPECT_NEAR(static_cast<double>(output[i]), expected[i], 1e-5) << i;
        EXPECT_EQ(unpacked[i], code_on({2, 0.0F, 0.5F}, output[i])) << i;
    }
}

}  // namespace
}  // namespace dsqbench::deploy
