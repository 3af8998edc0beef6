#include "quantizers/inspection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "quantizers/tensor_file.h"
#include "tests/quantizers/gradient_check.h"
#include "tests/refusal.h"

namespace dsqbench {
namespace {

const auto weight_2 = settings_of(QuantizerRole::weight, 2);

TensorFile file_with_x() {
    TensorFile file;
    file.tensors["x"] = to_stored(normal_sample({3, 4}));
    return file;
}

void expect_refused(const TensorFile& file, const std::string& text) {
    const Error error = refusal_of([&] { apply_to_file("dsq", weight_2, file, "in.safetensors"); });
    EXPECT_EQ(error.code(), ExitCode::data);
    EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr(text), testing::StartsWith("in.safetensors: ")));
}

TEST(Inspection, applies_the_quantizer_as_in_a_training_step) {
    TensorFile input = file_with_x();
    const at::Tensor x = normal_sample({3, 4}), upstream = normal_sample({3, 4}, 2);
    input.tensors["g"] = to_stored(upstream);
    const TensorFile output = apply_to_file("dsq", weight_2, input, "in");
    const auto quantizer = calibrated("dsq", weight_2, x);
    const auto gradients = gradients_of(*quantizer, x, upstream);
    EXPECT_TRUE(at::equal(to_tensor(output.tensors.at("y")), quantizer->forward(x)));
    EXPECT_TRUE(at::equal(to_tensor(output.tensors.at("codes")), quantizer->grid().quantize(x)));
    EXPECT_TRUE(at::equal(to_tensor(output.tensors.at("scale")), quantizer->grid().scale));
    EXPECT_TRUE(at::equal(to_tensor(output.tensors.at("offset")), quantizer->grid().offset));
    EXPECT_TRUE(at::equal(to_tensor(output.tensors.at("dx")), gradients.at("x")));
    for (const std::string name : {"alpha", "l", "u"})
        EXPECT_TRUE(at::equal(to_tensor(output.tensors.at("grad." + name)), gradients.at(name))) << name;
}

TEST(Inspection, takes_parameters_from_the_file) {
    TensorFile input = file_with_x();
    input.tensors["l"] = to_stored(at::scalar_tensor(-1.0, at::kDouble));
    input.tensors["u"] = to_stored(at::scalar_tensor(2.0, at::kDouble));
    const TensorFile output = apply_to_file("dsq", weight_2, input, "in");
    EXPECT_EQ(to_tensor(output.tensors.at("offset")).item<double>(), -1);
    EXPECT_EQ(to_tensor(output.tensors.at("scale")).item<double>(), 1);
}

TEST(Inspection, writes_no_codes_for_the_identity) {
    const TensorFile output = apply_to_file("fp32", weight_2, file_with_x(), "in");
    EXPECT_EQ(output.tensors.count("codes"), 0u);
    EXPECT_TRUE(at::equal(to_tensor(output.tensors.at("dx")), at::ones({3, 4}, at::kDouble)));
}

TEST(Inspection, refuses_files_that_it_cannot_use) {
    expect_refused({}, "there is no tensor 'x'");
    TensorFile file = file_with_x();
    file.tensors["g"] = to_stored(at::ones({4}, at::kDouble));
    expect_refused(file, "tensor 'g' has the shape [4], not [3, 4]");
    file.tensors["g"] = to_stored(at::ones({3, 4}, at::kFloat));
    expect_refused(file, "another type than 'x'");
    file = file_with_x();
    file.tensors["u"] = to_stored(at::ones({2}, at::kDouble));
    expect_refused(file, "tensor 'u' has the shape [2], not []");
    file.tensors["x"] = to_stored(at::ones({3}, at::kInt));
    expect_refused(file, "store it as F32 or F64");
    file.tensors["x"] = to_stored(at::full({3}, std::numeric_limits<double>::infinity(), at::kDouble));
    expect_refused(file, "not finite");
    file = {};
    file.tensors["x"] = to_stored(at::empty({0}, at::kDouble));
    EXPECT_THROW(apply_to_file("dsq", weight_2, file, "in"), Error);
}

TEST(Curve, is_a_staircase_with_the_soft_function_s_slope) {
    CurveRequest request{"dsq-fixed", weight_2, -1.0, 2.0, 211};
    const Curve curve = draw_curve(request);
    ASSERT_EQ(curve.points.size(), 211u);
    EXPECT_NEAR(curve.points.front().x, -1.6, 1e-12);
    EXPECT_NEAR(curve.points.back().x, 2.6, 1e-12);
    EXPECT_EQ(curve.points.front().y, -1);
    EXPECT_EQ(curve.points.back().code, 3);
    EXPECT_EQ(curve.points.back().slope, 0);
    // x = 0.5, the threshold between codes 1 and 2: ln(9) / 1.6, the closed form for alpha = 0.2.
    EXPECT_NEAR(curve.points[105].slope, 1.3733, 1e-4);
    EXPECT_NEAR(curve.points[105].surrogate, 0.5, 1e-12);
}

TEST(Curve, is_drawn_for_every_quantizer_in_each_of_its_roles) {
    for (const auto& name : Registry<QuantizerEntry>::instance().names()) {
        const QuantizerEntry& entry = Registry<QuantizerEntry>::instance().find(name);
        for (const auto role : {QuantizerRole::weight, QuantizerRole::activation}) {
            if (role == QuantizerRole::weight ? !entry.weights : !entry.activations) continue;
            const nlohmann::json json = as_json(draw_curve({name, settings_of(role, 2), {}, {}, 51}));
            for (const char* column : {"x", "code", "y", "surrogate", "slope"})
                EXPECT_EQ(json.at(column).size(), 51u) << name << " " << column;
            EXPECT_EQ(json.at("quantizer").at("quantizer"), name);
        }
    }
}

TEST(Curve, refuses_what_cannot_be_drawn) {
    EXPECT_THROW(draw_curve({"dsq", weight_2, {}, {}, 1}), Error);
    EXPECT_THROW(draw_curve({"dsq", weight_2, 1.0, {}, 9}), Error);
    EXPECT_THROW(draw_curve({"dsq", weight_2, 1.0, 1.0, 9}), Error);
    EXPECT_THROW(draw_curve({"dorefa", weight_2, 0.0, 1.0, 9}), Error);
    EXPECT_THROW(draw_curve({"pact", settings_of(QuantizerRole::activation, 2), -1.0, 1.0, 9}), Error);
    EXPECT_NO_THROW(draw_curve({"pact", settings_of(QuantizerRole::activation, 2), 0.0, 1.0, 9}));
}

}  // namespace
}  // namespace dsqbench
