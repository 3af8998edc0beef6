// Where recipes lie: names to paths.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace dsqbench {

// The file of `name_or_path`: a path (ends in .toml, from the working folder or else from `recipes_folder`), or a name
// (the file's own or with folders: "fmnist_r8_w2a2", "base/cifar10"). Throws Error(recipe) with the nearest names.
std::filesystem::path find_recipe(const std::string& name_or_path, const std::filesystem::path& recipes_folder);

// The file that `child` means by `extends`: relative to its own folder, else as find_recipe. `place` is for the error.
std::filesystem::path find_parent(const std::string& extends, const std::filesystem::path& child,
                                  const std::filesystem::path& recipes_folder, const std::string& place);

// The file's name without ".toml", wherever it lies and however its path is spelled: "fmnist_r8_w2a2", but
// "ablations/fmnist_r8_w2a2" in that folder of `recipes_folder`. Rows keep it.
std::string recipe_name(const std::filesystem::path& path, const std::filesystem::path& recipes_folder);

// The same of whatever find_recipe() takes. What it does not find is taken as written, a path by its file's name: rows
// outlive the file.
std::string recipe_name_of(const std::string& name_or_path, const std::filesystem::path& recipes_folder);

// Every file in ablations/ (recipes with a design) and eras/ of a recipes folder, sorted; neither is among
// recipe_files().
std::vector<std::filesystem::path> ablation_files(const std::filesystem::path& recipes_folder);
std::vector<std::filesystem::path> era_files(const std::filesystem::path& recipes_folder);

// The path as people see it: relative to the working folder where it lies below that.
std::string shown_path(const std::filesystem::path& path);

}  // namespace dsqbench
