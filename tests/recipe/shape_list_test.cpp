#include "suite/recipe/shape_list.h"

#include <gmock/gmock.h>

#include "tests/refusal.h"

namespace dsqbench {
namespace {

using testing::HasSubstr;

const std::filesystem::path folder = DSQBENCH_SOURCE_DIR "/recipes";

constexpr const char* good = R"(description = "one layer"
source = "here"
[layers.a]
input = [8, 10, 3]
out_channels = 16
kernel = [3, 5]
stride = 2
padding = [1, 0, 2, 2]
count = 4
goal = true
[goals.w2a8]
against_int8 = 2.5
each_against_int8 = 2
)";

ShapeList parse(const std::string& text) {
    return parse_shape_list(text, "list", "list.toml");
}

std::string refusal(const std::string& text) {
    const Error error = refusal_of([&] { parse(text); });
    EXPECT_EQ(error.code(), ExitCode::recipe);
    return error.what();
}

std::string layer(const std::string& keys) {
    return "description = \"d\"\n[layers.a]\n" + keys;
}

TEST(ShapeList, reads_every_key) {
    const ShapeList list = parse(good);
    EXPECT_EQ(list.name, "list");
    EXPECT_EQ(list.source, "here");
    ASSERT_EQ(list.layers.size(), 1u);
    const LayerShape& a = list.layers[0];
    EXPECT_EQ(a.name, "a");
    EXPECT_EQ(a.height, 8);
    EXPECT_EQ(a.width, 10);
    EXPECT_EQ(a.in_channels, 3);
    EXPECT_EQ(a.out_channels, 16);
    EXPECT_EQ(a.kernel_height, 3);
    EXPECT_EQ(a.kernel_width, 5);
    EXPECT_EQ(a.stride, 2);
    EXPECT_EQ(a.padding_top, 1);
    EXPECT_EQ(a.padding_bottom, 0);
    EXPECT_EQ(a.padding_left, 2);
    EXPECT_EQ(a.padding_right, 2);
    EXPECT_EQ(a.count, 4);
    EXPECT_TRUE(a.goal);
    ASSERT_EQ(list.goals.size(), 1u);
    EXPECT_EQ(list.goals[0].weight_bits, 2);
    EXPECT_EQ(list.goals[0].activation_bits, 8);
    EXPECT_EQ(list.goals[0].each_against_int8, 2.0);
    EXPECT_FALSE(list.goals[0].against_f32);
}

TEST(ShapeList, keeps_the_order_of_the_text) {
    const ShapeList list = parse(
        "description = \"d\"\n[layers.z]\ninput = [1, 1, 1]\nout_channels = 1\n"
        "[layers.a]\ninput = [1, 1, 1]\nout_channels = 1\n");
    EXPECT_EQ(list.layers[0].name, "z");
    EXPECT_EQ(list.layers[1].name, "a");
}

TEST(ShapeList, refuses_with_place_and_suggestion) {
    EXPECT_EQ(refusal(layer("out_chanels = 3\n")),
              "list.toml:3:1: unknown key 'layers.a.out_chanels'; did you mean 'out_channels'?");
    EXPECT_THAT(refusal("descripton = \"d\"\n"), HasSubstr("list.toml:1:1: unknown key 'descripton'"));
    EXPECT_THAT(refusal(layer("input = [8, 8]\n")), HasSubstr("list.toml:3:1: layers.a.input must be a list of 3"));
    EXPECT_THAT(refusal(layer("input = 8\n")), HasSubstr("must be [height, width, channels]"));
    EXPECT_THAT(refusal(layer("input = [0, 8, 8]\n")), HasSubstr("an integer from 1 to 32768"));
    EXPECT_THAT(refusal(layer("input = [8, 8, 8.5]\n")), HasSubstr("an integer from 1 to 32768"));
    EXPECT_THAT(refusal(layer("stride = 99999999999\n")), HasSubstr("an integer from 1 to 32768"));
    EXPECT_THAT(refusal(layer("goal = 1\n")), HasSubstr("true or false"));
    EXPECT_THAT(refusal(layer("a.b = 1\n")), HasSubstr("unknown key"));
    EXPECT_THAT(refusal("[goals.w9a2]\nagainst_f32 = 1\n"), HasSubstr("a goal is called by its bits"));
    EXPECT_THAT(refusal("[goals.w2a2]\nagainst_f32 = -1\n"), HasSubstr("a number above 0"));
    EXPECT_THAT(refusal("[layers.a\n"), HasSubstr("list.toml:1"));
    EXPECT_THAT(refusal("description = \"\\u0000\"\n"), HasSubstr("control characters"));
}

TEST(ShapeList, refuses_what_is_no_layer) {
    EXPECT_THAT(refusal(""), HasSubstr("list.toml: has no description"));
    EXPECT_THAT(refusal("description = \"d\"\n"), HasSubstr("has no [layers.NAME]"));
    EXPECT_THAT(refusal(layer("input = [8, 8, 8]\n")), HasSubstr("layer 'a' has no out_channels"));
    EXPECT_THAT(refusal(layer("out_channels = 8\n")), HasSubstr("layer 'a' has no input"));
    EXPECT_THAT(refusal(layer("input = [8, 8, 8]\nout_channels = 8\ngroups = 2\n")), HasSubstr("groups must be 1 or"));
    EXPECT_THAT(refusal(layer("input = [2, 8, 8]\nout_channels = 8\nkernel = 3\n")),
                HasSubstr("larger than the padded"));
    std::string aimless = good;
    aimless.replace(aimless.find("goal = true"), 11, "goal = false");
    EXPECT_THAT(refusal(aimless), HasSubstr("no layer with goal = true"));
}

TEST(ShapeList, is_found_by_name_or_path) {
    EXPECT_EQ(load_shape_list("resnet18", folder).name, "resnet18");
    EXPECT_EQ(load_shape_list((folder / "kernels/resnet18.toml").string(), "/nowhere").name, "resnet18");
    const Error error = refusal_of([] { load_shape_list("resnet81", folder); });
    EXPECT_EQ(error.code(), ExitCode::recipe);
    EXPECT_THAT(error.what(), HasSubstr("unknown shape list 'resnet81'; did you mean"));
    EXPECT_TRUE(is_shape_list("recipes/kernels/x.toml"));
    EXPECT_FALSE(is_shape_list("x.toml"));
}

std::int64_t weights_of(const ShapeList& list) {
    std::int64_t weights = 0;
    for (const LayerShape& layer : list.layers)
        weights += std::int64_t{layer.count} * layer.out_channels * (layer.in_channels / layer.groups) *
                   layer.kernel_height * layer.kernel_width;
    return weights;
}

// Parameters as torchvision counts them (11,689,512; 21,797,672; 3,504,872), less the last layer's and batch-norm's.
// ResNet-20 is 432 + 6 x 2304 + 4608 + 5 x 9216 + 18432 + 5 x 36864.
TEST(ShippedShapeLists, have_the_weights_of_their_networks) {
    const auto weights = [](const char* name) { return weights_of(load_shape_list(name, folder)); };
    EXPECT_EQ(weights("resnet18"), 11'689'512 - 513'000 - 9'600);
    EXPECT_EQ(weights("resnet34"), 21'797'672 - 513'000 - 17'024);
    EXPECT_EQ(weights("mobilenet_v2"), 3'504'872 - 1'281'000 - 34'112);
    EXPECT_EQ(weights("resnet20"), 267'696);
}

TEST(ShippedShapeLists, load_and_say_where_they_are_from) {
    const auto files = shape_list_files(folder);
    EXPECT_GE(files.size(), 5u);
    for (const auto& file : files) {
        const ShapeList list = load_shape_list(file.string(), folder);
        EXPECT_FALSE(list.source.empty()) << file;
    }
}

}  // namespace
}  // namespace dsqbench
