// A network's pass on images from a file. Against torchvision's: tests/e2e/torchvision_test.py.
#include "suite/models/inspection.h"

#include <gtest/gtest.h>

#include "quantizers/tensor_file.h"
#include "tests/refusal.h"

namespace dsqbench {
namespace {

ModelSettings small() {
    ModelSettings settings;
    settings.width = 8;
    settings.classes = 3;
    return settings;
}

TensorFile file_of(const at::Tensor& x, const at::Tensor& g = {}) {
    TensorFile file;
    file.tensors["x"] = to_stored(x);
    if (g.defined()) file.tensors["g"] = to_stored(g);
    return file;
}

TensorFile apply(const TensorFile& input, NetworkMode mode = NetworkMode::evaluation) {
    return apply_network("resnet8", small(), mode, input, "x.safetensors");
}

std::string refusal(const TensorFile& input) {
    const Error error = refusal_of([&] { apply(input); });
    EXPECT_EQ(error.code(), ExitCode::data);
    return error.what();
}

TEST(NetworkPass, gives_logits_gradients_and_the_state_it_began_with) {
    const TensorFile output = apply(file_of(at::ones({2, 1, 16, 16})), NetworkMode::training);
    EXPECT_EQ(output.tensors.at("y").shape, (std::vector<std::int64_t>{2, 3}));
    EXPECT_EQ(output.tensors.at("dx").shape, (std::vector<std::int64_t>{2, 1, 16, 16}));
    EXPECT_EQ(output.tensors.at("grad.conv1.weight").shape, (std::vector<std::int64_t>{8, 1, 3, 3}));
    EXPECT_EQ(to_tensor(output.tensors.at("state.bn1.running_mean")).abs().max().item<float>(), 0.0F);
    EXPECT_EQ(output.tensors.at("state.bn1.num_batches_tracked").type, ElementType::i64);
}

TEST(NetworkPass, is_of_the_type_of_the_images) {
    const TensorFile output = apply(file_of(at::ones({1, 3, 8, 8}, at::kDouble)));
    EXPECT_EQ(output.tensors.at("y").type, ElementType::f64);
    EXPECT_EQ(output.tensors.at("state.fc.weight").type, ElementType::f64);
}

TEST(NetworkPass, is_linear_in_what_is_sent_backwards) {
    const at::Tensor x = at::ones({1, 1, 8, 8}), g = at::ones({1, 3});
    const at::Tensor once = to_tensor(apply(file_of(x, g)).tensors.at("grad.conv1.weight"));
    const at::Tensor twice = to_tensor(apply(file_of(x, 2 * g)).tensors.at("grad.conv1.weight"));
    EXPECT_TRUE(at::allclose(2 * once, twice));
    EXPECT_TRUE(at::equal(once, to_tensor(apply(file_of(x)).tensors.at("grad.conv1.weight")))) << "ones by default";
}

TEST(NetworkPass, refuses_what_are_no_images) {
    EXPECT_NE(refusal({}).find("there is no tensor 'x'"), std::string::npos);
    EXPECT_NE(refusal(file_of(at::ones({1, 3, 8, 9}))).find("no square images"), std::string::npos);
    EXPECT_NE(refusal(file_of(at::ones({3, 8, 8}))).find("no square images"), std::string::npos);
    EXPECT_NE(refusal(file_of(at::full({1, 1, 8, 8}, NAN))).find("not finite"), std::string::npos);
    EXPECT_NE(refusal(file_of(at::ones({1, 1, 8, 8}), at::ones({1, 4}))).find("'g' has the shape"), std::string::npos);
}

}  // namespace
}  // namespace dsqbench
