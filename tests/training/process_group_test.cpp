#include "suite/training/process_group.h"

#include <gmock/gmock.h>
#if DSQBENCH_CUDA_PASSES
#include <c10/cuda/CUDAFunctions.h>
#endif

#include <stdexcept>

#include "tests/refusal.h"
#include "tests/training/two_ranks.h"

namespace dsqbench {
namespace {

using Group = std::shared_ptr<const ProcessGroup>;

at::Tensor values_of(int rank) {
    return at::arange(6, at::kFloat).view({2, 3}) + 10 * rank;
}

TEST(ProcessGroup, gathers_in_the_order_of_the_ranks) {
    on_two_ranks([](const Group& group) {
        const at::Tensor all = group->gather(values_of(group->rank()));
        EXPECT_TRUE(all.equal(at::stack({values_of(0), values_of(1)})));
    });
}

TEST(ProcessGroup, sums_and_leaves_its_input_alone) {
    on_two_ranks([](const Group& group) {
        const at::Tensor mine = values_of(group->rank());
        EXPECT_TRUE(group->sum(mine).equal(values_of(0) + values_of(1)));
        EXPECT_TRUE(mine.equal(values_of(group->rank())));
        const at::Tensor transposed = mine.t();
        EXPECT_TRUE(group->sum(transposed).equal((values_of(0) + values_of(1)).t())) << "not contiguous";
    });
}

TEST(ProcessGroup, sums_while_its_caller_goes_on) {
    on_two_ranks([](const Group& group) {
        at::Tensor mine = values_of(group->rank()), other = values_of(group->rank()).t();
        const auto first = group->start_sum(mine), second = group->start_sum(other);
        second->wait();
        first->wait();
        EXPECT_TRUE(mine.equal(values_of(0) + values_of(1)));
        EXPECT_TRUE(other.equal((values_of(0) + values_of(1)).t()));
    });
}

TEST(ProcessGroup, broadcasts_rank_0) {
    on_two_ranks([](const Group& group) {
        at::Tensor mine = values_of(group->rank());
        group->broadcast(mine);
        EXPECT_TRUE(mine.equal(values_of(0)));
        at::Tensor scalar = at::full({}, group->rank() + 5, at::kLong);
        group->broadcast(scalar);
        EXPECT_EQ(scalar.item<int>(), 5);
    });
}

TEST(ProcessGroup, what_is_so_on_one_rank_is_so_for_any) {
    on_two_ranks([](const Group& group) {
        EXPECT_TRUE(any(group.get(), group->rank() == 1));
        EXPECT_FALSE(any(group.get(), false));
    });
    EXPECT_TRUE(any(nullptr, true));
    EXPECT_FALSE(any(nullptr, false));
}

#if DSQBENCH_CUDA_PASSES
TEST(ProcessGroup, of_gpus_does_the_same_with_tensors_of_both_kinds) {
    if (c10::cuda::device_count() < 2) GTEST_SKIP() << "two GPUs are needed, one a rank";
    const std::array<at::Device, 2> gpus{at::Device("cuda:0"), at::Device("cuda:1")};
    on_two_ranks(
        [&](const Group& group) {
            for (const at::Device device : {gpus[group->rank()], at::Device(at::kCPU)}) {
                at::Tensor mine = values_of(group->rank()).to(device);
                const at::Tensor first = values_of(0).to(device), both = first + values_of(1).to(device);
                EXPECT_TRUE(group->gather(mine)[0].equal(first));
                EXPECT_TRUE(group->sum(mine).equal(both));
                group->start_sum(mine)->wait();
                EXPECT_TRUE(mine.equal(both));
                mine = values_of(group->rank()).to(device);
                group->broadcast(mine);
                EXPECT_TRUE(mine.equal(first));
            }
        },
        gpus);
}
#endif

TEST(ProcessGroup, a_rank_that_leaves_is_an_error_for_the_others) {
    const Error error = refusal_of([] {
        on_two_ranks([](const Group& group) {
            group->barrier();
            if (group->rank() == 1) throw std::runtime_error("left");
            group->sum(at::ones({1000}));
        });
    });
    EXPECT_EQ(error.code(), ExitCode::failed);
    EXPECT_THAT(error.what(), testing::HasSubstr("another rank is gone"));
    EXPECT_THAT(error.hint(), testing::HasSubstr("last checkpoint"));
}

TEST(ProcessGroup, ranks_that_do_not_come_are_an_error_after_a_while) {
    const std::uint16_t port = free_port();
    const auto expect_failure = [port] {
        const Error error =
            refusal_of([&] { ProcessGroup(rank_of_two(1, port), "test", at::kCPU, std::chrono::seconds(1)); });
        EXPECT_EQ(error.code(), ExitCode::failed);
        EXPECT_THAT(error.what(), testing::HasSubstr("rank 1 of 2 does not find the others at 127.0.0.1"));
    };
    expect_failure();
    const Rendezvous rendezvous(rank_of_two(0, port));
    expect_failure();
}

TEST(Rendezvous, a_port_that_is_taken_is_an_error) {
    const Ranks ranks = rank_of_two(0, free_port());
    const Rendezvous first(ranks);
    EXPECT_THROW(Rendezvous second(ranks), Error);
}

}  // namespace
}  // namespace dsqbench
