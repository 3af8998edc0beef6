// Kernels neither read nor write a byte outside their buffers: every buffer ends where an unreadable page begins.
#include <gtest/gtest.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

#include "tests/kernels/sample.h"

namespace dsqbench {
namespace {

using testing::Sample;

// `size` bytes that end at a page without access.
class GuardedBuffer {
public:
    explicit GuardedBuffer(std::size_t size) : page_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) {
        mapped_ = (size + page_ - 1) / page_ * page_ + page_;
        base_ = static_cast<std::uint8_t*>(
            mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        if (base_ == MAP_FAILED) throw std::bad_alloc();
        mprotect(base_ + mapped_ - page_, page_, PROT_NONE);
        data_ = base_ + mapped_ - page_ - size;
    }
    explicit GuardedBuffer(const std::vector<std::uint8_t>& bytes) : GuardedBuffer(bytes.size()) {
        if (!bytes.empty()) std::memcpy(data_, bytes.data(), bytes.size());
    }
    GuardedBuffer(const GuardedBuffer&) = delete;
    ~GuardedBuffer() { munmap(base_, mapped_); }

    std::uint8_t* data() const { return data_; }

private:
    std::size_t page_, mapped_ = 0;
    std::uint8_t *base_ = nullptr, *data_ = nullptr;
};

void run_between_guards(const KernelVariant& variant, const Sample& sample) {
    const GuardedBuffer activations(sample.activations), residual(sample.residual), weights(sample.weights);
    const GuardedBuffer output(output_bytes(sample.problem));
    const auto kernel = prepare(variant, sample.problem, {weights.data(), sample.weights.size()});
    Workspace workspace;
    kernel->run({activations.data(), residual.data(), output.data()}, workspace);
}

Requantize requantize(int channels) {
    const auto count = static_cast<std::size_t>(channels);
    Requantize epilogue{2, std::vector<float>(count, 0.01F), std::vector<float>(count)};
    epilogue.residual = Residual{{1, Coding::offset_codes}, 0.5F};
    return epilogue;
}

Thresholds thresholds(int channels) {
    return {2, std::vector<std::int32_t>(static_cast<std::size_t>(3 * channels)), {}};
}

TEST(Variants, stay_inside_their_buffers) {
    std::mt19937 random(3);
    for (const KernelVariant& variant : kernel_variants()) {
        if (!available_instruction_sets().contain(variant.needs)) continue;
        for (const int bits : {1, 2, 4, 8}) {
            for (const int channels : {1, 7, 8, 9, 31, 32, 33, 65}) {
                for (const int kernel : {1, 3}) {
                    ConvolutionProblem problem{{}, {bits}, {bits, Coding::signed_codes}};
                    problem.shape.height = problem.shape.width = 5;
                    problem.shape.in_channels = problem.shape.out_channels = channels;
                    problem.shape.kernel_height = problem.shape.kernel_width = kernel;
                    problem.shape.padding.left = kernel / 2;
                    if (variant.name.find("depthwise") != std::string::npos) problem.shape.groups = channels;
                    if (!variant.supports(problem)) continue;
                    for (const Epilogue& epilogue :
                         {Epilogue(KeepSums{}), Epilogue(thresholds(channels)), Epilogue(requantize(channels))}) {
                        problem.epilogue = epilogue;
                        run_between_guards(variant, testing::make_sample(problem, {}, random));
                    }
                }
            }
        }
    }
}

// Not EXPECT_DEATH: a forked child that faults under QEMU may never end.
TEST(GuardedBuffer, ends_where_writing_faults) {
    static sigjmp_buf before;
    struct sigaction action {
    }, old{};
    action.sa_handler = [](int) { siglongjmp(before, 1); };
    ::sigaction(SIGSEGV, &action, &old);
    const GuardedBuffer buffer(10);
    volatile auto* data = buffer.data();
    data[9] = 1;
    volatile bool has_faulted = true;
    if (sigsetjmp(before, /*savemask=*/1) == 0) {
        data[10] = 1;
        has_faulted = false;
    }
    ::sigaction(SIGSEGV, &old, nullptr);
    EXPECT_TRUE(has_faulted);
}

}  // namespace
}  // namespace dsqbench
