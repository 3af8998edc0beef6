// oneDNN running a whole network: convolutions with bias, the short cut's sum and ReLU as its own post-operations, each
// in the layout that it likes best, with its own reorders where neighbours differ. In bytes, activations are unsigned,
// the logits float.
#include <omp.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "kernels/bench/rival_network.h"
#include "kernels/onednn/library.h"

namespace dsqbench::onednn {
namespace {

using Dims = dnnl::memory::dims;
using Type = dnnl::memory::data_type;
using Tag = dnnl::memory::format_tag;
constexpr auto inference = dnnl::prop_kind::forward_inference;

struct Extent {
    int channels, height, width;
};

struct NetworkStep {
    std::string name;
    std::vector<std::pair<dnnl::primitive, Arguments>> primitives;
};

class OneDnnNetwork {
public:
    OneDnnNetwork(const NetworkShape& shape, const NetworkSetting& setting, Type activations)
        : shape_(shape), setting_(setting), activations_(activations), stream_(engine()) {
        const Extent image{shape.channels, shape.height, shape.width};
        image_ = filled({dims_of(image), activations, Tag::nhwc});
        for (index_ = 0; index_ < static_cast<int>(shape.nodes.size()); ++index_) {
            const NodeShape& node = shape.nodes[static_cast<std::size_t>(index_)];
            steps_.push_back({node.name, {}});
            if (node.kind == NodeKind::convolution)
                add_convolution(node);
            else if (node.kind == NodeKind::fully_connected)
                add_fully_connected(node);
            else
                add_pool(node);
        }
    }

    void run_step(std::size_t step) {
        for (const auto& [primitive, arguments] : steps_[step].primitives) primitive.execute(stream_, arguments);
        stream_.wait();
    }

    void run() {
        omp_set_num_threads(setting_.limits.threads);
        for (const NetworkStep& step : steps_)
            for (const auto& [primitive, arguments] : step.primitives) primitive.execute(stream_, arguments);
        stream_.wait();
    }

    std::vector<std::string> names() const {
        std::vector<std::string> names;
        for (const NetworkStep& step : steps_) names.push_back(step.name);
        return names;
    }
    std::size_t weight_bytes() const { return weight_bytes_; }
    std::vector<float> logits() const {
        const auto* first = static_cast<const float*>(values_.back().get_data_handle());
        return {first, first + setting_.batch * shape_.nodes.back().convolution.out_channels};
    }

private:
    bool is_int8() const { return activations_ == Type::u8; }
    Type weight_type() const { return is_int8() ? Type::s8 : Type::f32; }

    Dims dims_of(const Extent& extent) const { return {setting_.batch, extent.channels, extent.height, extent.width}; }

    static dnnl::memory::desc any_layout(const Dims& dims, Type type) { return {dims, type, Tag::any}; }

    // Small enough that floats stay finite through any number of layers.
    dnnl::memory weights(const dnnl::memory::desc& layout, std::int64_t depth) {
        dnnl::memory memory = filled(layout);
        weight_bytes_ += layout.get_size();
        if (!is_int8())
            std::fill_n(static_cast<float*>(memory.get_data_handle()), layout.get_size() / sizeof(float),
                        0.5F / static_cast<float>(depth));
        return memory;
    }

    dnnl::memory& value(int node) { return node < 0 ? image_ : values_[static_cast<std::size_t>(node)]; }

    NetworkStep& step() { return steps_.back(); }

    // `from` in another layout, by a primitive of the library.
    dnnl::memory reordered(const dnnl::memory& from, const dnnl::memory::desc& layout) {
        if (from.get_desc() == layout) return from;
        dnnl::memory to = filled(layout);
        step().primitives.push_back({dnnl::reorder(from, to), {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}}});
        return to;
    }

    dnnl::primitive_attr attributes(const NodeShape& node, Arguments& arguments, int channels) {
        dnnl::primitive_attr attributes;
        if (is_int8()) {
#if DNNL_VERSION_MAJOR >= 3
            attributes.set_scales_mask(DNNL_ARG_WEIGHTS, 1);
            arguments[DNNL_ARG_ATTR_SCALES | DNNL_ARG_WEIGHTS] = filled({{channels}, Type::f32, Tag::a});
#else
            attributes.set_output_scales(2, std::vector<float>(static_cast<std::size_t>(channels), 0.01F));
            (void)arguments;
#endif
        }
        dnnl::post_ops operations;
        if (node.shortcut >= 0) operations.append_sum(1.0F);
#if DNNL_VERSION_MAJOR >= 3
        if (node.rectifier == Rectifier::relu) operations.append_eltwise(dnnl::algorithm::eltwise_relu, 0.0F, 0.0F);
#else
        if (node.rectifier == Rectifier::relu)
            operations.append_eltwise(1.0F, dnnl::algorithm::eltwise_relu, 0.0F, 0.0F);
#endif
        attributes.set_post_ops(operations);
        return attributes;
    }

    // Whether a later node reads it, so that a sum must not be made in its place.
    bool is_read_later(int node) const {
        for (std::size_t i = static_cast<std::size_t>(index_) + 1; i < shape_.nodes.size(); ++i)
            if (shape_.nodes[i].input == node || shape_.nodes[i].shortcut == node) return true;
        return false;
    }

    dnnl::memory destination(const NodeShape& node, const dnnl::memory::desc& layout) {
        if (node.shortcut < 0) return filled(layout);
        const dnnl::memory from = value(node.shortcut);
        if (from.get_desc() == layout && !is_read_later(node.shortcut)) return from;
        dnnl::memory to = filled(layout);
        step().primitives.push_back({dnnl::reorder(from, to), {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}}});
        return to;
    }

    void add_convolution(const NodeShape& node) {
        const ConvolutionShape& shape = node.convolution;
        Arguments arguments;
        const auto attr = attributes(node, arguments, shape.out_channels);
        const auto source = any_layout(dims_of({shape.in_channels, shape.height, shape.width}), activations_);
        const auto weight =
            any_layout({shape.out_channels, shape.in_channels, shape.kernel_height, shape.kernel_width}, weight_type());
        const dnnl::memory::desc bias({shape.out_channels}, Type::f32, Tag::a);
        const auto out = any_layout(dims_of({shape.out_channels, shape.out_height(), shape.out_width()}), activations_);
        const Dims strides{shape.stride, shape.stride}, before{shape.padding.top, shape.padding.left},
            after{shape.padding.bottom, shape.padding.right};
        constexpr auto any = dnnl::algorithm::convolution_auto;
#if DNNL_VERSION_MAJOR >= 3
        const dnnl::convolution_forward::primitive_desc chosen(engine(), inference, any, source, weight, bias, out,
                                                               strides, before, after, attr);
#else
        const dnnl::convolution_forward::primitive_desc chosen(
            {inference, any, source, weight, bias, out, strides, before, after}, attr, engine());
#endif
        arguments[DNNL_ARG_SRC] = reordered(value(node.input), chosen.src_desc());
        arguments[DNNL_ARG_WEIGHTS] = weights(chosen.weights_desc(), shape.depth());
        arguments[DNNL_ARG_BIAS] = filled(chosen.bias_desc());
        arguments[DNNL_ARG_DST] = destination(node, chosen.dst_desc());
        values_.push_back(arguments[DNNL_ARG_DST]);
        step().primitives.push_back({dnnl::convolution_forward(chosen), std::move(arguments)});
    }

    void add_fully_connected(const NodeShape& node) {
        const ConvolutionShape& shape = node.convolution;
        Arguments arguments;
        const auto attr = attributes(node, arguments, shape.out_channels);
        const auto source = any_layout(dims_of({shape.in_channels, shape.height, shape.width}), activations_);
        const auto weight =
            any_layout({shape.out_channels, shape.in_channels, shape.height, shape.width}, weight_type());
        const dnnl::memory::desc bias({shape.out_channels}, Type::f32, Tag::a);
        const dnnl::memory::desc out({setting_.batch, shape.out_channels}, Type::f32, Tag::ab);
#if DNNL_VERSION_MAJOR >= 3
        const dnnl::inner_product_forward::primitive_desc chosen(engine(), inference, source, weight, bias, out, attr);
#else
        const dnnl::inner_product_forward::primitive_desc chosen({inference, source, weight, bias, out}, attr,
                                                                 engine());
#endif
        arguments[DNNL_ARG_SRC] = reordered(value(node.input), chosen.src_desc());
        arguments[DNNL_ARG_WEIGHTS] = weights(chosen.weights_desc(), shape.depth());
        arguments[DNNL_ARG_BIAS] = filled(chosen.bias_desc());
        arguments[DNNL_ARG_DST] = filled(chosen.dst_desc());
        values_.push_back(arguments[DNNL_ARG_DST]);
        step().primitives.push_back({dnnl::inner_product_forward(chosen), std::move(arguments)});
    }

    void add_pool(const NodeShape& node) {
        const dnnl::memory source = value(node.input);
        const auto from = source.get_desc();
#if DNNL_VERSION_MAJOR >= 3
        const Dims in = from.get_dims();
#else
        const Dims in = from.dims();
#endif
        const bool is_mean = node.kind == NodeKind::mean_pool;
        const Dims kernel = is_mean ? Dims{in[2], in[3]} : Dims{node.kernel, node.kernel};
        const Dims strides = is_mean ? Dims{1, 1} : Dims{node.stride, node.stride};
        const Dims padding = is_mean ? Dims{0, 0} : Dims{node.padding, node.padding};
        const auto out_extent = [&](int axis) {
            const auto i = static_cast<std::size_t>(axis);
            return (in[i + 2] + 2 * padding[i] - kernel[i]) / strides[i] + 1;
        };
        const auto out = any_layout({in[0], in[1], out_extent(0), out_extent(1)}, activations_);
        const auto algorithm = is_mean ? dnnl::algorithm::pooling_avg_exclude_padding : dnnl::algorithm::pooling_max;
#if DNNL_VERSION_MAJOR >= 3
        const dnnl::pooling_forward::primitive_desc chosen(engine(), inference, algorithm, from, out, strides, kernel,
                                                           Dims{0, 0}, padding, padding);
#else
        const dnnl::pooling_forward::primitive_desc chosen(
            {inference, algorithm, from, out, strides, kernel, padding, padding}, engine());
#endif
        Arguments arguments{{DNNL_ARG_SRC, source}, {DNNL_ARG_DST, filled(chosen.dst_desc())}};
        values_.push_back(arguments[DNNL_ARG_DST]);
        step().primitives.push_back({dnnl::pooling_forward(chosen), std::move(arguments)});
    }

    NetworkShape shape_;
    NetworkSetting setting_;
    Type activations_;
    dnnl::stream stream_;
    dnnl::memory image_;
    std::vector<dnnl::memory> values_;
    std::vector<NetworkStep> steps_;
    int index_ = 0;
    std::size_t weight_bytes_ = 0;
};

PreparedNetwork prepare_types(const NetworkShape& shape, const NetworkSetting& setting, Type activations) {
    hold_to(setting.limits);
    try {
        const auto network = std::make_shared<OneDnnNetwork>(shape, setting, activations);
        PreparedNetwork prepared{[network] { network->run(); }};
        prepared.steps = network->names();
        prepared.run_step = [network](std::size_t step) { network->run_step(step); };
        prepared.weight_bytes = network->weight_bytes();
        prepared.logits = [network] { return network->logits(); };
        return prepared;
    } catch (const dnnl::error& error) {
        PreparedNetwork prepared{};
        prepared.refusal = refused(error).refusal;
        return prepared;
    }
}

PreparedNetwork prepare_f32(const NetworkShape& shape, const NetworkSetting& setting) {
    return prepare_types(shape, setting, Type::f32);
}

PreparedNetwork prepare_int8(const NetworkShape& shape, const NetworkSetting& setting) {
    return prepare_types(shape, setting, Type::u8);
}

const RivalNetworkRegistration f32("onednn/network_f32",
                                   {Arithmetic::f32, "network of floats", version(), prepare_f32});
const RivalNetworkRegistration int8("onednn/network_u8s8",
                                    {Arithmetic::int8,
                                     "network of unsigned bytes with signed weights, 16-bit sums of two may saturate",
                                     version(), prepare_int8});

}  // namespace
}  // namespace dsqbench::onednn
