// Stored networks on images made of integers give the same logits to the bit on every processor and with every kernel:
// the constants are compared on x86 here and on 64-bit ARM by scripts/test --aarch64.
#include <gtest/gtest.h>

#include "suite/core/hash.h"
#include "suite/deploy/executor.h"
#include "suite/deploy/network_file.h"

namespace dsqbench::deploy {
namespace {

constexpr std::size_t images = 16;

struct Golden {
    const char* file;  // of tests/fuzz/corpus/network
    const char* logits_sha256;
};

std::vector<std::uint8_t> image_bytes(const Network& network) {
    const ImageSize& image = network.image;
    std::vector<std::uint8_t> bytes(images * static_cast<std::size_t>(image.channels * image.height * image.width));
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::uint8_t>(static_cast<std::uint32_t>(i) * 2654435761U >> 24);
    return bytes;
}

std::string logits_sha256(const Network& network, ExecutorOptions options) {
    const auto bytes = image_bytes(network);
    Executor executor(network, options);
    Sha256 hash;
    const std::size_t batch = static_cast<std::size_t>(options.batch), size = bytes.size() / images;
    for (std::size_t first = 0; first < images; first += batch) {
        const auto logits = executor.run(bytes.data() + first * size);
        hash.update({reinterpret_cast<const char*>(logits.data()), logits.size_bytes()});
    }
    return hash.hex_digest();
}

class GoldenNetwork : public ::testing::TestWithParam<Golden> {
protected:
    Network network_ = read_network(std::string(DSQBENCH_SOURCE_DIR "/tests/fuzz/corpus/network/") + GetParam().file);
};

TEST_P(GoldenNetwork, has_these_logits_on_the_kernels_of_this_processor) {
    for (const int batch : {1, 4}) {
        ExecutorOptions options;
        options.batch = options.threads = batch;
        EXPECT_EQ(logits_sha256(network_, options), GetParam().logits_sha256) << "batch " << batch;
    }
}

TEST_P(GoldenNetwork, has_these_logits_on_the_baseline_kernels) {
    ExecutorOptions options;
    options.allowed = InstructionSet::baseline;
    EXPECT_EQ(logits_sha256(network_, options), GetParam().logits_sha256);
}

TEST_P(GoldenNetwork, has_these_logits_on_the_scalar_reference) {
    ExecutorOptions options;
    options.kernel = "reference/scalar";
    EXPECT_EQ(logits_sha256(network_, options), GetParam().logits_sha256);
}

INSTANTIATE_TEST_SUITE_P(
    Corpus, GoldenNetwork,
    ::testing::Values(Golden{"symmetric", "75350670d46ea90ac64c7728a8b47888eb6cad4a6ac6716c1d83e47f4db165c6"},
                      Golden{"half-step", "1cbe198eaa302d03a6282482ec79bfa8fcc7631294205dc5142d2797c7e024e2"},
                      Golden{"affine", "a780751fb47216c039deff792572ad919aa07738d07524f542fc6b5c7e67f6f3"}));

}  // namespace
}  // namespace dsqbench::deploy
