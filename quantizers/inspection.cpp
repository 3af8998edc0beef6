#include "quantizers/inspection.h"

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <utility>

#include "quantizers/tensor_file.h"
#include "suite/core/random.h"

namespace dsqbench {

namespace {

constexpr int sample_size = 4096;
constexpr double margin = 0.2;      // of the range's width, on both sides of it
constexpr double warped_reach = 3;  // standard deviations

at::Tensor normal_sample(QuantizerRole role) {
    at::Tensor sample = at::empty({sample_size}, at::kDouble);
    Random random(derive_seed(0, "inspect"));
    for (int i = 0; i < sample_size; ++i) sample.data_ptr<double>()[i] = random.normal();
    return role == QuantizerRole::activation ? sample.clamp_min(0) : sample;
}

void check(const CurveRequest& request) {
    if (request.points < 2 || request.points > 100'000)
        throw Error(ExitCode::usage, fmt::format("a curve cannot have {} points", request.points),
                    "choose 2 to 100000");
    if (request.settings.channels > 0)
        throw Error(ExitCode::usage, "a curve is drawn for one range, not one a channel");
    if (request.low.has_value() != request.high.has_value())
        throw Error(ExitCode::usage, "a range needs both of its ends", "give low and high");
    if (request.low && !(*request.low < *request.high))
        throw Error(ExitCode::usage, "the low end of a range must be below its high end");
}

// The parameter or buffer of that name; undefined when there is none.
at::Tensor state_of(Quantizer& quantizer, const std::string& name) {
    auto parameters = quantizer.named_parameters();
    if (const at::Tensor* parameter = parameters.find(name)) return *parameter;
    auto buffers = quantizer.named_buffers();
    const at::Tensor* buffer = buffers.find(name);
    return buffer != nullptr ? *buffer : at::Tensor();
}

void set_range(Quantizer& quantizer, double low, double high) {
    const at::NoGradGuard no_gradient;
    const at::Tensor l = state_of(quantizer, "l"), u = state_of(quantizer, "u"), clip = state_of(quantizer, "clip");
    if (l.defined() && u.defined()) {
        l.fill_(low);
        u.fill_(high);
    } else if (clip.defined() && low == 0) {
        clip.fill_(high);
    } else {
        throw Error(ExitCode::usage, "this quantizer's range cannot be set",
                    clip.defined() ? "its low end is 0" : "leave low and high out");
    }
}

// Where a curve is worth looking at.
std::pair<double, double> interesting_part(const Quantizer& quantizer) {
    if (quantizer.is_identity()) return {-warped_reach, warped_reach};
    const Grid grid = quantizer.grid();
    if (grid.warp) return {-warped_reach, warped_reach};
    const double low = grid.offset.item<double>();
    const double width = grid.scale.item<double>() * static_cast<double>(grid.highest);
    return {low - margin * width, low + width + margin * width};
}

void replace_parameters(Quantizer& quantizer, const TensorFile& input, const std::string& place) {
    const at::NoGradGuard no_gradient;
    for (const auto& parameter : quantizer.named_parameters()) {
        const at::Tensor value = real_tensor(input, parameter.key(), place);
        if (!value.defined()) continue;
        check_like(value, parameter.value(), parameter.key(), place);
        parameter.value().copy_(value);
    }
}

}  // namespace

Curve draw_curve(const CurveRequest& request) {
    check(request);
    const auto quantizer = make_quantizer(request.name, request.settings);
    quantizer->calibrate(normal_sample(request.settings.role));
    if (request.low) set_range(*quantizer, *request.low, *request.high);
    quantizer->eval();
    const auto [from, to] = interesting_part(*quantizer);
    const at::Tensor x = at::linspace(from, to, request.points, at::kDouble).requires_grad_();
    const at::Tensor y = quantizer->forward(x);
    y.sum().backward();
    const at::Tensor surrogate = quantizer->surrogate(x.detach());
    const at::Tensor codes = quantizer->is_identity() ? at::Tensor() : quantizer->grid().quantize(x.detach());
    Curve curve{quantizer->describe(), quantizer->state_summary(), {}};
    for (int i = 0; i < request.points; ++i) {
        CurvePoint point{
            x[i].item<double>(), {}, y[i].item<double>(), surrogate[i].item<double>(), x.grad()[i].item<double>()};
        if (codes.defined()) point.code = codes[i].item<int>();
        curve.points.push_back(point);
    }
    return curve;
}

nlohmann::json as_json(const Curve& curve) {
    nlohmann::json json{{"quantizer", curve.quantizer}, {"state", curve.state}};
    for (const CurvePoint& point : curve.points) {
        json["x"].push_back(point.x);
        json["code"].push_back(point.code ? nlohmann::json(*point.code) : nlohmann::json());
        json["y"].push_back(point.y);
        json["surrogate"].push_back(point.surrogate);
        json["slope"].push_back(point.slope);
    }
    return json;
}

TensorFile apply_to_file(const std::string& name, const QuantizerSettings& settings, const TensorFile& input,
                         const std::string& place) {
    const at::Tensor x = real_tensor(input, "x", place);
    if (!x.defined()) throw Error(ExitCode::data, "there is no tensor 'x'", "store the input under this name", place);
    at::Tensor upstream = real_tensor(input, "g", place);
    if (!upstream.defined()) upstream = at::ones_like(x);
    check_like(upstream, x, "g", place);
    if (settings.channels > 0 && (x.dim() == 0 || x.size(0) != settings.channels))
        throw Error(ExitCode::data, fmt::format("tensor 'x' does not have {} channels", settings.channels), {}, place);

    const auto quantizer = make_quantizer(name, settings);
    quantizer->calibrate(x);
    replace_parameters(*quantizer, input, place);
    const at::Tensor leaf = x.clone().requires_grad_();
    const at::Tensor y = quantizer->forward(leaf);
    y.backward(upstream);

    TensorFile output;
    output.metadata["quantizer"] = quantizer->describe().dump();
    output.tensors["y"] = to_stored(y);
    output.tensors["dx"] = to_stored(leaf.grad());
    for (const auto& parameter : quantizer->named_parameters())
        output.tensors["grad." + parameter.key()] = to_stored(parameter.value().grad());
    if (quantizer->is_identity()) return output;
    const Grid grid = quantizer->grid();
    output.tensors["codes"] = to_stored(grid.quantize(x));
    output.tensors["scale"] = to_stored(grid.scale);
    output.tensors["offset"] = to_stored(grid.offset);
    return output;
}

}  // namespace dsqbench
