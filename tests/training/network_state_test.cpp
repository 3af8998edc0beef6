#include "suite/training/network_state.h"

#include <ATen/core/grad_mode.h>
#include <gmock/gmock.h>

#include "quantizers/tensor_file.h"
#include "suite/core/file_system.h"
#include "suite/training/checkpoint.h"
#include "tests/refusal.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

std::shared_ptr<Network> network(const std::string& quantizer, std::uint64_t seed) {
    ModelSettings settings;
    settings.width = 4;
    settings.image_size = 16;
    settings.quantization.weight = settings.quantization.activation = quantizer;
    settings.quantization.weight_bits = settings.quantization.activation_bits = 2;
    return make_network("resnet8", settings, seed);
}

std::string refusal(Network& target, const std::filesystem::path& path, MissingQuantizerState missing) {
    const Error error = refusal_of([&] { load_weights(target, path, missing); });
    EXPECT_EQ(error.code(), ExitCode::data);
    return error.what();
}

TEST(NetworkState, round_trips_through_a_file) {
    const TemporaryFolder folder;
    const auto source = network("dsq", 1), target = network("dsq", 2);
    save_weights(*source, folder / "weights.safetensors", {});
    load_weights(*target, folder / "weights.safetensors", MissingQuantizerState::refused);
    const auto loaded = network_tensors(*target);
    for (const auto& [name, tensor] : network_tensors(*source)) EXPECT_TRUE(tensor.equal(loaded.at(name))) << name;
}

TEST(NetworkState, fp32_weights_fit_a_quantized_network_when_that_is_allowed) {
    const TemporaryFolder folder;
    save_weights(*network("fp32", 1), folder / "weights.safetensors", {});
    const auto target = network("dsq", 2);
    EXPECT_THAT(refusal(*target, folder / "weights.safetensors", MissingQuantizerState::refused),
                testing::HasSubstr("missing layer1.0.conv1.weight_quantizer.alpha"));
    EXPECT_NO_THROW(load_weights(*target, folder / "weights.safetensors", MissingQuantizerState::allowed));
}

TEST(NetworkState, loads_all_or_nothing_and_lists_every_difference) {
    const TemporaryFolder folder;
    ModelSettings wide;
    wide.width = 8;
    save_weights(*make_network("vgg_small", wide, 0), folder / "weights.safetensors", {});
    const auto target = network("fp32", 2);
    const at::Tensor before = target->layers()[0].layer->weight().detach().clone();
    const std::string message = refusal(*target, folder / "weights.safetensors", MissingQuantizerState::allowed);
    EXPECT_THAT(message,
                testing::AllOf(testing::HasSubstr("missing conv1.weight"), testing::HasSubstr("missing fc.bias"),
                               testing::HasSubstr("unexpected classifier.weight")));
    EXPECT_TRUE(target->layers()[0].layer->weight().equal(before));
}

TEST(NetworkState, a_tensor_of_another_shape_is_a_mismatch) {
    const TemporaryFolder folder;
    ModelSettings other;
    other.in_channels = 1;
    other.width = 4;
    save_weights(*make_network("resnet8", other, 0), folder / "weights.safetensors", {});
    EXPECT_THAT(refusal(*network("fp32", 0), folder / "weights.safetensors", MissingQuantizerState::refused),
                testing::HasSubstr("mismatched conv1.weight"));
}

TEST(NetworkState, given_weights_may_be_halves_and_lack_counters_and_quantizers) {
    const TemporaryFolder folder;
    const auto source = network("fp32", 1), target = network("dsq", 2);
    TensorFile file;
    for (const auto& [name, tensor] : network_tensors(*source))
        if (!name.ends_with("num_batches_tracked")) file.tensors[name] = to_stored(tensor.to(at::kHalf));
    write_safetensors(folder / "w.safetensors", file);
    load_given_weights(*target, folder / "w.safetensors");
    const auto loaded = network_tensors(*target);
    for (const auto& item : file.tensors)
        EXPECT_TRUE(loaded.at(item.first).equal(to_tensor(item.second).to(at::kFloat))) << item.first;

    file.tensors["conv1.weight"] = to_stored(at::zeros({4, 3, 3, 3}, at::kDouble));
    file.tensors.erase("fc.bias");
    write_safetensors(folder / "w.safetensors", file);
    EXPECT_THAT(
        refusal_of([&] { load_given_weights(*network("dsq", 2), folder / "w.safetensors"); }).what(),
        testing::AllOf(testing::HasSubstr("mismatched conv1.weight: Double [4, 3, 3, 3], not Float [4, 3, 3, 3]"),
                       testing::HasSubstr("missing fc.bias")));
}

TEST(Checkpoint, round_trips_tensors_of_all_groups_and_counters_to_the_bit) {
    const TemporaryFolder folder;
    Checkpoint checkpoint;
    checkpoint.groups["network"]["a.weight"] = at::tensor(std::vector<float>{0.1F, -0.0F});
    checkpoint.groups["tricks.ema"]["steps"] = at::zeros({}, at::kLong);
    checkpoint.groups["statistics"]["a"] = at::ones({2}, at::kShort);
    checkpoint.counters = {{"loss_sum", 0.1 + 0.2}, {"epoch", 3}};
    write_checkpoint(folder / "c.safetensors", checkpoint);
    const auto back = read_checkpoint(folder / "c.safetensors");
    ASSERT_TRUE(back);
    EXPECT_EQ(back->counters, checkpoint.counters);
    EXPECT_TRUE(back->groups.at("network").at("a.weight").equal(checkpoint.groups["network"]["a.weight"]));
    EXPECT_TRUE(back->groups.at("tricks.ema").at("steps").equal(at::zeros({}, at::kLong)));
    EXPECT_EQ(back->groups.at("statistics").at("a").scalar_type(), at::kShort);
}

TEST(Checkpoint, a_missing_file_is_nothing_and_a_damaged_one_an_error) {
    const TemporaryFolder folder;
    EXPECT_FALSE(read_checkpoint(folder / "none"));
    write_file_atomically(folder / "damaged", "not a checkpoint at all");
    EXPECT_THROW(read_checkpoint(folder / "damaged"), Error);
    save_weights(*network("fp32", 0), folder / "weights", {});
    EXPECT_THROW(read_checkpoint(folder / "weights"), Error);
}

}  // namespace
}  // namespace dsqbench
