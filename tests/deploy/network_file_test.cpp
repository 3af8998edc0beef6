#include "suite/deploy/network_file.h"

#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "suite/core/hash.h"
#include "suite/core/safetensors.h"
#include "suite/deploy/lower.h"
#include "suite/deploy/random_graph.h"
#include "tests/refusal.h"
#include "tests/temporary_folder.h"

namespace dsqbench::deploy {
namespace {

Network sample(GridKind grids = GridKind::affine) {
    RandomGraphOptions options;
    options.shapes = "tiny";
    options.grids = grids;
    return lower(random_graph(options));
}

// As docs/deploy.md says it.
void sign(TensorFile& file) {
    std::string text = file.metadata["network"];
    for (const auto& [name, tensor] : file.tensors) {
        text += "\n" + name + " " + std::string(name_of(tensor.type));
        for (const auto extent : tensor.shape) text += " " + std::to_string(extent);
        text += "\n" + tensor.bytes;
    }
    file.metadata["sha256"] = sha256_hex(text);
}

std::string refusal(const std::string& bytes) {
    const Error error = refusal_of([&] { parse_network(bytes, "net.safetensors"); });
    EXPECT_EQ(error.code(), ExitCode::data) << error.what();
    EXPECT_EQ(error.place(), "net.safetensors") << error.what();
    return error.message();
}

// A file whose checksum holds in spite of what was done to it.
std::string changed(const std::function<void(TensorFile&, nlohmann::json&)>& change,
                    GridKind grids = GridKind::affine) {
    TensorFile file = parse_safetensors(format_network(sample(grids)), "sample");
    nlohmann::json network = nlohmann::json::parse(file.metadata["network"]);
    change(file, network);
    file.metadata["network"] = network.dump();
    sign(file);
    return format_safetensors(file);
}

TEST(NetworkFile, comes_back_to_the_bit) {
    for (const GridKind grids : {GridKind::symmetric, GridKind::half_step, GridKind::affine}) {
        const std::string bytes = format_network(sample(grids));
        EXPECT_EQ(format_network(parse_network(bytes, "again")), bytes);
    }
    RandomGraphOptions options;
    options.shapes = "tiny";
    options.edges = EdgeLayers::real;
    const std::string bytes = format_network(lower(random_graph(options)));
    EXPECT_EQ(format_network(parse_network(bytes, "again")), bytes);
}

TEST(NetworkFile, is_written_and_read) {
    const TemporaryFolder folder;
    write_network(folder.path() / "net.safetensors", sample());
    EXPECT_EQ(read_network(folder.path() / "net.safetensors").steps.size(), sample().steps.size());
}

TEST(NetworkFile, carries_the_checksum_that_the_documentation_describes) {
    EXPECT_EQ(changed([](TensorFile&, nlohmann::json&) {}), format_network(sample()));
}

TEST(NetworkFile, holds_weights_in_their_true_width) {
    const TensorFile file = parse_safetensors(format_network(sample()), "sample");
    // 12 x 3 x 3 x 12 codes of two bits
    EXPECT_EQ(file.tensors.at("layer1.0.conv1.weights").bytes.size(), 12U * 9 * 12 / 4);
}

TEST(NetworkFile, is_refused_at_whatever_byte_it_ends) {
    const std::string bytes = format_network(sample());
    for (std::size_t size = 0; size < bytes.size(); size += 97) EXPECT_NE(refusal(bytes.substr(0, size)), "");
    EXPECT_NE(refusal(bytes + "x"), "");
}

TEST(NetworkFile, is_refused_when_any_byte_was_changed) {
    const std::string bytes = format_network(sample());
    for (std::size_t i = 0; i < bytes.size(); i += 89) {
        std::string damaged = bytes;
        damaged[i] = static_cast<char>(damaged[i] ^ 1);
        EXPECT_NE(refusal(damaged), "") << "byte " << i;
    }
}

TEST(NetworkFile, of_another_kind_or_version_is_refused_with_what_it_is) {
    EXPECT_NE(refusal(format_safetensors({})).find("another safetensors file"), std::string::npos);
    EXPECT_NE(
        refusal(changed([](TensorFile& file, nlohmann::json&) { file.metadata["version"] = "2"; })).find("version '2'"),
        std::string::npos);
    std::string huge_header(8, '\xFF');
    EXPECT_NE(refusal(huge_header + "{}").find("header"), std::string::npos);
}

using Change = std::function<void(TensorFile&, nlohmann::json&)>;

nlohmann::json& step_named(nlohmann::json& network, const std::string& name) {
    for (auto& step : network["steps"])
        if (step["name"] == name) return step;
    throw std::logic_error("no step " + name);
}

TEST(NetworkFile, with_parts_that_do_not_fit_is_refused_although_its_checksum_holds) {
    const std::vector<std::pair<const char*, Change>> changes{
        {"a missing tensor", [](TensorFile& file, auto&) { file.tensors.erase("conv1.weights"); }},
        {"a tensor too many", [](TensorFile& file, auto&) { file.tensors["more"] = file.tensors["conv1.weights"]; }},
        {"another type", [](TensorFile& file, auto&) { file.tensors["conv1.weights"].type = ElementType::i8; }},
        {"a short tensor",
         [](TensorFile& file, auto&) {
             auto& tensor = file.tensors["conv1.scale"];
             tensor.bytes.resize(tensor.bytes.size() - 4);
             --tensor.shape[0];
         }},
        {"a NaN", [](TensorFile& file, auto&) { file.tensors["conv1.scale"].bytes.replace(0, 4, "\xFF\xFF\xFF\x7F"); }},
        {"no steps", [](TensorFile&, auto& network) { network["steps"] = nlohmann::json::array(); }},
        {"an unknown step", [](TensorFile&, auto& network) { network["steps"][1]["step"] = "softmax"; }},
        {"a text for a number", [](TensorFile&, auto& network) { network["steps"][1]["input"] = "0"; }},
        {"a step twice", [](TensorFile&, auto& network) { network["steps"].push_back(network["steps"][1]); }},
        {"an unknown tensor", [](TensorFile&, auto& network) { step_named(network, "conv1")["input"] = 999; }},
        {"a negative tensor", [](TensorFile&, auto& network) { step_named(network, "conv1")["input"] = -2; }},
        {"a tensor read too soon", [](TensorFile&, auto& network) { step_named(network, "conv1")["input"] = 2; }},
        {"an overflowing number", [](TensorFile&, auto& network) { network["image"][1] = 1ULL << 40; }},
        {"a huge image",
         [](TensorFile&, auto& network) {
             network["image"] = {65536, 65536, 65536};
         }},
        {"a huge tensor",
         [](TensorFile&, auto& network) {
             network["tensors"][3] = {65536, 65536, 65536, 8};
         }},
        {"a stride of 0", [](TensorFile&, auto& network) { step_named(network, "conv1")["shape"]["stride"] = 0; }},
        {"a pool of 0", [](TensorFile&, auto& network) { step_named(network, "maxpool")["kernel"] = 0; }},
        {"a huge pool", [](TensorFile&, auto& network) { step_named(network, "maxpool")["padding"] = 2147483647; }},
        {"a huge kernel",
         [](TensorFile&, auto& network) {
             step_named(network, "conv1")["shape"]["kernel"] = {65000, 65000};
         }},
        {"ninety bits", [](TensorFile&, auto& network) { step_named(network, "conv1")["weight_bits"] = 90; }},
        {"no bits", [](TensorFile&, auto& network) { step_named(network, "conv1")["weight_bits"] = 0; }},
        {"a grid of no steps",
         [](TensorFile&, auto& network) { step_named(network, "layer1.0.conv1")["grids"][0]["step"] = 0.0; }},
        {"a grid that falls",
         [](TensorFile&, auto& network) { step_named(network, "layer1.0.conv1")["grids"][0]["step"] = -1.0; }},
        {"a quantizer of 32 bits",
         [](TensorFile&, auto& network) {
             auto& step = step_named(network, "maxpool.codes");
             step["grid"]["bits"] = 32;
             network["tensors"][step["output"].template get<std::size_t>()][3] = 32;
         }},
        {"a quantizer that falls",
         [](TensorFile&, auto& network) { step_named(network, "maxpool.codes")["grid"]["step"] = -1.0; }},
        {"a padding at the end of int",
         [](TensorFile&, auto& network) {
             step_named(network, "conv1")["shape"]["padding"] = {2147483647, 1, 1, 1};
         }},
        {"window sums in groups",
         [](TensorFile&, auto& network) { step_named(network, "layer1.0.conv1")["shape"]["groups"] = 12; }},
        {"tensors of gigabytes",
         [](TensorFile&, auto& network) {
             for (int i = 0; i < 12; ++i) network["tensors"].push_back({1 << 14, 1 << 14, 1, 8});
         }},
        {"an unknown coding",
         [](TensorFile&, auto& network) { step_named(network, "conv1")["weight_codes"] = "gray"; }},
        {"a list for an object", [](TensorFile&, auto& network) { network = nlohmann::json::array(); }},
    };
    for (const auto& [what, change] : changes) EXPECT_NE(refusal(changed(change)), "") << what;
}

TEST(NetworkFile, with_a_pixel_that_is_no_number_is_refused_although_its_checksum_holds) {
    RandomGraphOptions options;
    options.shapes = "tiny";
    options.edges = EdgeLayers::real;
    TensorFile file = parse_safetensors(format_network(lower(random_graph(options))), "sample");
    file.tensors["image.reals"].bytes.replace(0, 4, "\xFF\xFF\xFF\x7F");
    sign(file);
    EXPECT_NE(refusal(format_safetensors(file)), "");
}

}  // namespace
}  // namespace dsqbench::deploy
