#include "suite/training/device.h"

#include <gmock/gmock.h>

#include "tests/refusal.h"

namespace dsqbench {
namespace {

TEST(Device, of_the_cpu_is_there) {
    EXPECT_NO_THROW(check_device(at::kCPU));
}

TEST(Device, of_another_kind_is_there_or_refused_with_a_hint) {
    const Error error = refusal_of([] { check_device(std::string("cuda:100")); });
    EXPECT_EQ(error.code(), ExitCode::unavailable) << "or a machine of more than 100 GPUs";
    EXPECT_FALSE(error.hint().empty());
}

TEST(Device, of_a_rank_is_its_own_where_the_machine_has_several) {
    EXPECT_EQ(device_of_rank("cpu", 3), "cpu");
    EXPECT_EQ(device_of_rank("cuda:5", 3), "cuda:5");
    EXPECT_THAT(device_of_rank("cuda", 3), testing::MatchesRegex("cuda(:[0-3])?")) << "without one, it stays";
}

TEST(Device, that_is_not_there_is_not_used) {
    EXPECT_NO_THROW(use_device(at::kCPU));
    EXPECT_THROW(use_device(std::string("cuda:100")), Error);
}

TEST(Device, of_a_network_and_batch_are_those_of_their_tensors) {
    ModelSettings settings;
    settings.width = 4;
    EXPECT_EQ(device_of(*make_network("resnet8", settings, 0)), at::Device(at::kCPU));
    const Batch batch = on_device({at::zeros({2, 3, 4, 4}), at::arange(2)}, at::kMeta);
    EXPECT_TRUE(batch.images.is_meta());
    EXPECT_TRUE(batch.labels.is_meta());
}

}  // namespace
}  // namespace dsqbench
