#include "suite/cli/deploy_run.h"

#include <fmt/format.h>

#include "suite/deploy/lower.h"
#include "suite/deploy/tensor_lists.h"
#include "suite/lowering/parity.h"
#include "suite/lowering/run_graph.h"
#include "suite/record/row.h"

namespace dsqbench {

namespace {

nlohmann::json as_json(const std::vector<Disagreement>& traced) {
    nlohmann::json list = nlohmann::json::array();
    for (const Disagreement& found : traced)
        list.push_back({{"image", found.image},
                        {"layer", found.layer},
                        {"codes", found.codes},
                        {"distance", found.distance},
                        {"rounding", found.is_rounding}});
    return list;
}

nlohmann::json as_json(const Parity& parity) {
    nlohmann::json json = {
        {"images", parity.images},
        {"different", parity.images - parity.equal},
        {"equal_percent", 100.0 * static_cast<double>(parity.equal) / static_cast<double>(parity.images)},
        {"reference_top1", parity.reference_top1},
        {"integer_top1", parity.integer_top1},
        {"disagreements", as_json(parity.disagreements)},
        {"other_logits", parity.other_logits},
        {"deviations", as_json(parity.deviations)}};
    if (parity.failure.empty()) return json;
    json["failure"] = parity.failure;
    json["failed_layer"] = parity.failed_layer;
    return json;
}

// A run that was cut short has weights that are no contender's.
std::string obstacle_of(const nlohmann::json& row) {
    if (row.value("publishable", false)) return {};
    const std::string reason = text_of(row, "unpublishable_reason");
    return "its training run is not publishable" + (reason.empty() ? "" : ": " + reason);
}

}  // namespace

RunDeployment deploy_run(const std::filesystem::path& run, const std::filesystem::path& data_root,
                         const deploy::ExecutorOptions& options, std::int64_t limit) {
    FinishedRun finished = open_finished_run(run, data_root);
    if (finished.data.evaluation.empty()) throw Error(ExitCode::data, "has no images to evaluate on", {}, run.string());
    deploy::Network network = deploy::lower(graph_of(finished));
    const Parity parity = check_parity(finished, network, options, limit);
    const bool is_part = parity.images < static_cast<std::int64_t>(finished.data.evaluation.size());
    std::string obstacle = obstacle_of(finished.row);
    if (obstacle.empty() && is_part) obstacle = fmt::format("compared on the first {} images only", parity.images);
    return {std::move(network), as_json(parity), text_of(finished.row, "evaluated_on"), std::move(obstacle)};
}

TensorFile images_of_run(const std::filesystem::path& run, const std::filesystem::path& data_root) {
    const FinishedRun finished = open_finished_run(run, data_root);
    const Dataset& images = *finished.data.evaluation_source;
    const ImageShape shape = images.shape();
    std::vector<std::uint8_t> bytes(finished.data.evaluation.size() * shape.bytes());
    std::vector<std::int32_t> labels;
    for (const auto index : finished.data.evaluation) {
        images.image(index, bytes.data() + labels.size() * shape.bytes());
        labels.push_back(images.label(index));
    }
    TensorFile file;
    file.tensors["images"] = deploy::stored(bytes);
    file.tensors["images"].shape = {static_cast<std::int64_t>(labels.size()), shape.channels, shape.height,
                                    shape.width};
    file.tensors["labels"] = deploy::stored(labels);
    return file;
}

}  // namespace dsqbench
