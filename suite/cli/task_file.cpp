#include "suite/cli/task_file.h"

#include <fmt/format.h>

#include "suite/core/error.h"
#include "suite/core/file_system.h"

namespace dsqbench {

namespace {

using Json = nlohmann::json;

Json to_json(const TrainingTask& task) {
    const TrainingSite& site = task.site;
    return {{"label", task.request.label},
            {"seed", task.request.seed},
            {"recipe_name", task.request.recipe.name()},
            {"recipe", task.request.recipe.canonical()},
            {"run", task.run.string()},
            {"data_root", site.data_root.string()},
            {"device", site.device},
            {"pretrained_weights", site.pretrained_weights ? Json(site.pretrained_weights->string()) : Json()},
            {"given_weights", site.given_weights ? Json(site.given_weights->string()) : Json()},
            {"limit_batches", site.limit_batches},
            {"checkpoint_seconds", site.checkpoint_seconds},
            {"loader_threads", site.loader_threads}};
}

TrainingTask from_json(const Json& value) {
    TrainingTask task;
    task.request.label = value.at("label");
    task.request.seed = value.at("seed");
    task.request.recipe = Recipe::from_canonical(value.at("recipe"), value.at("recipe_name"));
    task.run = value.at("run").get<std::string>();
    task.site.data_root = value.at("data_root").get<std::string>();
    task.site.device = value.at("device");
    if (!value.at("pretrained_weights").is_null())
        task.site.pretrained_weights = value["pretrained_weights"].get<std::string>();
    if (!value.at("given_weights").is_null()) task.site.given_weights = value["given_weights"].get<std::string>();
    task.site.limit_batches = value.at("limit_batches");
    task.site.checkpoint_seconds = value.at("checkpoint_seconds");
    task.site.loader_threads = value.at("loader_threads");
    return task;
}

}  // namespace

void write_task_file(const std::filesystem::path& path, const std::vector<TrainingTask>& tasks) {
    Json all = Json::array();
    for (const auto& task : tasks) all.push_back(to_json(task));
    write_file_atomically(path, all.dump(1) + "\n");
}

TrainingTask read_task(const std::filesystem::path& path, std::size_t index) {
    const Json tasks = Json::parse(read_file(path), nullptr, false);
    if (!tasks.is_array()) throw Error(ExitCode::data, "is not a plan of training runs", {}, path.string());
    if (index >= tasks.size())
        throw Error(ExitCode::usage, fmt::format("the plan has {} runs, not {}", tasks.size(), index + 1), {},
                    path.string());
    try {
        return from_json(tasks[index]);
    } catch (const Json::exception& error) {
        throw Error(ExitCode::data, fmt::format("is damaged: {}", error.what()), {}, path.string());
    }
}

}  // namespace dsqbench
