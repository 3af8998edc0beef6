#include "suite/training/device.h"

#include <gtest/gtest.h>

#include "suite/core/error.h"

namespace dsqbench {
namespace {

TEST(Device, of_the_cpu_is_there) {
    EXPECT_NO_THROW(check_device(at::kCPU));
}

TEST(Device, of_another_kind_is_there_or_refused_with_a_hint) {
    try {
        check_device(std::string("cuda:100"));
        FAIL() << "a machine of more than 100 GPUs";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ExitCode::unavailable);
        EXPECT_FALSE(error.hint().empty());
    }
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
