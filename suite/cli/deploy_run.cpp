#include "suite/cli/deploy_run.h"

#include "suite/deploy/lower.h"
#include "suite/deploy/tensor_lists.h"
#include "suite/lowering/parity.h"
#include "suite/lowering/run_graph.h"

namespace dsqbench {

namespace {

nlohmann::json as_json(const Parity& parity) {
    nlohmann::json disagreements = nlohmann::json::array();
    for (const Disagreement& found : parity.disagreements)
        disagreements.push_back({{"image", found.image},
                                 {"layer", found.layer},
                                 {"codes", found.codes},
                                 {"distance", found.distance},
                                 {"rounding", found.is_rounding}});
    nlohmann::json json = {
        {"images", parity.images},
        {"different", parity.images - parity.equal},
        {"equal_percent", 100.0 * static_cast<double>(parity.equal) / static_cast<double>(parity.images)},
        {"reference_top1", parity.reference_top1},
        {"integer_top1", parity.integer_top1},
        {"disagreements", disagreements}};
    if (!parity.failure.empty()) json["failure"] = parity.failure;
    if (!parity.failure.empty()) json["failed_layer"] = parity.failed_layer;
    return json;
}

}  // namespace

RunDeployment deploy_run(const std::filesystem::path& run, const std::filesystem::path& data_root,
                         const deploy::ExecutorOptions& options, std::int64_t limit) {
    FinishedRun finished = open_finished_run(run, data_root);
    if (finished.data.evaluation.empty()) throw Error(ExitCode::data, "has no images to evaluate on", {}, run.string());
    deploy::Network network = deploy::lower(graph_of(finished));
    nlohmann::json parity = as_json(check_parity(finished, network, options, limit));
    return {std::move(network), std::move(parity)};
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
