// Lists of layer shapes for `dsqbench bench`: recipes/kernels/*.toml. docs/kernels.md describes the format.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dsqbench {

struct LayerShape {
    std::string name;
    int height = 0, width = 0, in_channels = 0, out_channels = 0;
    int kernel_height = 1, kernel_width = 1, stride = 1;
    int padding_top = 0, padding_bottom = 0, padding_left = 0, padding_right = 0;
    int groups = 1;
    int count = 1;      // how often the network has it
    bool goal = false;  // whether the list's goals are about it
};

// What kernels of one pair of bits should reach over the layers of the goals. Ratios are a rival's median time over
// ours.
struct KernelGoal {
    std::string name;  // "w2a2"
    int weight_bits = 0, activation_bits = 0;
    std::optional<double> against_int8, against_f32;  // geometric mean over the layers
    std::optional<double> each_against_int8;          // every layer
    std::optional<double> loop_roof;                  // percent, geometric mean
};

struct ShapeList {
    std::string name;  // the file's, without ".toml"
    std::string description, source;
    std::vector<LayerShape> layers;  // in the order of the text
    std::vector<KernelGoal> goals;
};

// A path that ends in .toml, or the name of a file in `recipes_folder`/kernels. Throws Error(recipe) with
// file:line:column and suggestions.
ShapeList load_shape_list(const std::string& name_or_path, const std::filesystem::path& recipes_folder);

// The same from text; `place` stands for the file's name.
ShapeList parse_shape_list(std::string_view text, const std::string& name, const std::string& place);

// Every file in `recipes_folder`/kernels, sorted; none where there is no such folder.
std::vector<std::filesystem::path> shape_list_files(const std::filesystem::path& recipes_folder);

// Whether a path belongs to a shape list rather than to a recipe: its folder is called kernels.
bool is_shape_list(const std::filesystem::path& path);

}  // namespace dsqbench
