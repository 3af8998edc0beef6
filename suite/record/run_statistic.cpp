#include "suite/record/run_statistic.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>

#include "suite/core/error.h"
#include "suite/core/text.h"

namespace dsqbench {

namespace {

using Json = nlohmann::json;
using Metrics = std::vector<Json>;

// Weights or activations of one layer in one epoch.
struct Site {
    std::string layer, role;
    const Json* state = nullptr;

    std::optional<double> value(const std::string& name) const {
        const auto found = state->find(name);
        if (found == state->end()) return std::nullopt;
        // A quantizer of channels has a list: its mean stands for the site.
        if (found->is_number()) return found->get<double>();
        if (!found->is_array() || found->empty()) return std::nullopt;
        double sum = 0;
        for (const Json& item : *found) {
            if (!item.is_number()) return std::nullopt;
            sum += item.get<double>();
        }
        return sum / static_cast<double>(found->size());
    }
    std::string name() const { return layer + "/" + role; }
    bool is_shortcut() const { return layer.find("downsample") != std::string::npos; }
};

std::vector<Site> sites_of(const Json& epoch) {
    std::vector<Site> sites;
    const auto layers = epoch.find("layers");
    if (layers == epoch.end() || !layers->is_array()) return sites;
    for (const Json& layer : *layers) {
        if (!layer.is_object() || !layer.value("layer", Json()).is_string()) continue;
        for (const char* role : {"weight", "activation"})
            if (const auto state = layer.find(role); state != layer.end() && state->is_object())
                sites.push_back({layer["layer"], role, &*state});
    }
    return sites;
}

std::vector<const Json*> epochs_of(const Metrics& metrics) {
    std::vector<const Json*> epochs;
    for (const Json& line : metrics)
        if (line.is_object() && line.value("event", Json()) == "epoch") epochs.push_back(&line);
    return epochs;
}

std::vector<Site> last_sites(const Metrics& metrics) {
    const auto epochs = epochs_of(metrics);
    return epochs.empty() ? std::vector<Site>() : sites_of(*epochs.back());
}

RunStatistic lacks(const std::string& what) {
    return {std::nullopt, "metrics.jsonl has no " + what};
}

double mean_of(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

RunStatistic soft_error_ratio(const Metrics& metrics) {
    std::vector<double> logarithms;
    for (const Site& site : last_sites(metrics)) {
        const auto soft = site.value("surrogate_error"), clipping = site.value("clipping_error"),
                   rounding = site.value("rounding_error");
        // First and last layer are the recipe's own: they have no alpha.
        if (!site.value("alpha") || !soft || !clipping || !rounding) continue;
        if (*soft > 0 && *clipping + *rounding > 0) logarithms.push_back(std::log(*soft / (*clipping + *rounding)));
    }
    if (logarithms.empty()) return lacks("surrogate_error of a soft quantizer");
    return {std::exp(mean_of(logarithms)), {}};
}

// What alpha starts from, before the first epoch that is recorded: the paper's section 4.2.3 and quantizers/dsq.cpp.
constexpr double first_alpha = 0.2;
// Less is the noise of a step, not a rise.
constexpr double least_change = 1.05;

// Highest in the first half of the training, and by 5 % above both where it began and where it ended.
bool rises_early_and_falls(const std::vector<double>& alphas) {
    const auto top = std::max_element(alphas.begin(), alphas.end());
    const auto epochs = std::distance(alphas.begin(), top) + 1;
    const bool early = 2 * epochs <= static_cast<std::ptrdiff_t>(alphas.size());
    return early && *top >= least_change * first_alpha && *top >= least_change * alphas.back();
}

RunStatistic alpha_hump_share(const Metrics& metrics) {
    std::map<std::string, std::vector<double>> alphas;
    for (const Json* epoch : epochs_of(metrics))
        for (const Site& site : sites_of(*epoch))
            if (const auto alpha = site.value("alpha")) alphas[site.name()].push_back(*alpha);
    std::vector<double> humps;
    for (const auto& [name, course] : alphas) {
        if (course.size() < 2) return {std::nullopt, "the run has a single epoch"};
        humps.push_back(rises_early_and_falls(course) ? 1 : 0);
    }
    if (humps.empty()) return lacks("alpha");
    return {mean_of(humps), {}};
}

RunStatistic difference_of_alphas(const Metrics& metrics, const std::function<bool(const Site&)>& in_first,
                                  const std::string& first, const std::string& second) {
    std::vector<double> of_first, of_second;
    for (const Site& site : last_sites(metrics))
        if (const auto alpha = site.value("alpha")) (in_first(site) ? of_first : of_second).push_back(*alpha);
    if (of_first.empty()) return lacks("alpha of " + first);
    if (of_second.empty()) return lacks("alpha of " + second);
    return {mean_of(of_first) - mean_of(of_second), {}};
}

// Equal values share their mean rank.
std::vector<double> ranks_of(const std::vector<double>& values) {
    std::vector<double> ranks;
    for (const double value : values) {
        double below = 0, equal = 0;
        for (const double other : values) {
            below += other < value ? 1 : 0;
            equal += other == value ? 1 : 0;
        }
        ranks.push_back(below + (equal + 1) / 2);
    }
    return ranks;
}

std::optional<double> correlation(const std::vector<double>& a, const std::vector<double>& b) {
    const double mean_a = mean_of(a), mean_b = mean_of(b);
    double ab = 0, aa = 0, bb = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        ab += (a[i] - mean_a) * (b[i] - mean_b);
        aa += (a[i] - mean_a) * (a[i] - mean_a);
        bb += (b[i] - mean_b) * (b[i] - mean_b);
    }
    return aa > 0 && bb > 0 ? std::optional(ab / std::sqrt(aa * bb)) : std::nullopt;
}

RunStatistic outlier_gradient_correlation(const Metrics& metrics) {
    std::vector<double> clipping_share, gradient_share;
    for (const Site& site : last_sites(metrics)) {
        const auto clipping = site.value("clipping_error"), rounding = site.value("rounding_error"),
                   gradient = site.value("outlier_gradient_share");
        if (!clipping || !rounding || !gradient || *clipping + *rounding <= 0) continue;
        clipping_share.push_back(*clipping / (*clipping + *rounding));
        gradient_share.push_back(*gradient);
    }
    if (clipping_share.size() < 3) return lacks("outlier_gradient_share of three sites");
    const auto found = correlation(ranks_of(clipping_share), ranks_of(gradient_share));
    return found ? RunStatistic{found, {}} : RunStatistic{std::nullopt, "all sites are alike"};
}

const std::map<std::string, std::function<RunStatistic(const Metrics&)>>& statistics() {
    static const std::map<std::string, std::function<RunStatistic(const Metrics&)>> known{
        {"soft_error_ratio", soft_error_ratio},
        {"alpha_hump_share", alpha_hump_share},
        {"alpha_weights_minus_activations",
         [](const Metrics& metrics) {
             return difference_of_alphas(
                 metrics, [](const Site& site) { return site.role == "weight"; }, "weights", "activations");
         }},
        {"alpha_shortcuts_minus_others",
         [](const Metrics& metrics) {
             return difference_of_alphas(
                 metrics, [](const Site& site) { return site.is_shortcut(); }, "shortcut convolutions", "other layers");
         }},
        {"outlier_gradient_correlation", outlier_gradient_correlation}};
    return known;
}

}  // namespace

std::vector<std::string> run_statistic_names() {
    std::vector<std::string> names;
    for (const auto& [name, function] : statistics()) names.push_back(name);
    return names;
}

RunStatistic run_statistic(const std::string& name, const std::vector<nlohmann::json>& metrics) {
    const auto found = statistics().find(name);
    if (found == statistics().end())
        throw Error(ExitCode::usage, "unknown statistic '" + name + "'", suggestion(name, run_statistic_names()));
    return found->second(metrics);
}

Json run_statistics(const std::vector<nlohmann::json>& metrics) {
    Json values = Json::object();
    for (const auto& [name, function] : statistics())
        if (const RunStatistic statistic = function(metrics); statistic.value) values[name] = *statistic.value;
    return values;
}

}  // namespace dsqbench
