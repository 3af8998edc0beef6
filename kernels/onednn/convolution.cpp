// oneDNN's convolutions, in the layouts that it likes best, weights packed beforehand. The 8-bit one reads unsigned and
// writes unsigned bytes, scaled by channel.
#include "kernels/onednn/library.h"

namespace dsqbench::onednn {
namespace {

using Dims = dnnl::memory::dims;
using Type = dnnl::memory::data_type;
using Tag = dnnl::memory::format_tag;

struct Types {
    Type source, weights, destination;
};

dnnl::memory::desc any_layout(const Dims& dims, Type type) {
    return {dims, type, Tag::any};
}

struct Description {
    dnnl::memory::desc source, weights, destination;
    Dims strides, padding_before, padding_after;
    int channel_mask;  // which dimensions of the weights are output channels
};

Description describe(const ConvolutionShape& shape, const Types& types) {
    const Dims weights = shape.depthwise()
                             ? Dims{shape.groups, 1, 1, shape.kernel_height, shape.kernel_width}
                             : Dims{shape.out_channels, shape.in_channels, shape.kernel_height, shape.kernel_width};
    return {any_layout({shape.batch, shape.in_channels, shape.height, shape.width}, types.source),
            any_layout(weights, types.weights),
            any_layout({shape.batch, shape.out_channels, shape.out_height(), shape.out_width()}, types.destination),
            {shape.stride, shape.stride},
            {shape.padding.top, shape.padding.left},
            {shape.padding.bottom, shape.padding.right},
            shape.depthwise() ? 3 : 1};
}

dnnl::convolution_forward::primitive_desc make(const Description& description, const dnnl::primitive_attr& attributes) {
    constexpr auto inference = dnnl::prop_kind::forward_inference;
    constexpr auto direct = dnnl::algorithm::convolution_direct;
#if DNNL_VERSION_MAJOR >= 3
    return {engine(),
            inference,
            direct,
            description.source,
            description.weights,
            description.destination,
            description.strides,
            description.padding_before,
            description.padding_after,
            attributes};
#else
    const dnnl::convolution_forward::desc operation(inference, direct, description.source, description.weights,
                                                    description.destination, description.strides,
                                                    description.padding_before, description.padding_after);
    return {operation, attributes, engine()};
#endif
}

PreparedRival prepare_types(const ConvolutionShape& shape, const Types& types) {
    const Description description = describe(shape, types);
    dnnl::primitive_attr attributes;
    Arguments arguments;
    if (types.source == Type::u8) {
#if DNNL_VERSION_MAJOR >= 3
        attributes.set_scales_mask(DNNL_ARG_WEIGHTS, description.channel_mask);
        arguments[DNNL_ARG_ATTR_SCALES | DNNL_ARG_WEIGHTS] = filled({{shape.out_channels}, Type::f32, Tag::a});
#else
        // Mask 2: dimension 1 of the output, the channels.
        attributes.set_output_scales(2, std::vector<float>(static_cast<std::size_t>(shape.out_channels), 0.25F));
#endif
    }
    try {
        const auto chosen = make(description, attributes);
        arguments[DNNL_ARG_SRC] = filled(chosen.src_desc());
        arguments[DNNL_ARG_WEIGHTS] = filled(chosen.weights_desc());
        arguments[DNNL_ARG_DST] = filled(chosen.dst_desc());
        return prepared(dnnl::convolution_forward(chosen), chosen.impl_info_str(), std::move(arguments));
    } catch (const dnnl::error& error) {
        return refused(error);
    }
}

PreparedRival prepare_f32(const ConvolutionShape& shape, const RivalLimits& limits) {
    hold_to(limits);
    return prepare_types(shape, {Type::f32, Type::f32, Type::f32});
}

PreparedRival prepare_int8(const ConvolutionShape& shape, const RivalLimits& limits) {
    hold_to(limits);
    return prepare_types(shape, {Type::u8, Type::s8, Type::u8});
}

const RivalRegistration f32("onednn/convolution_f32",
                            {Arithmetic::f32, "convolution of floats", version(), prepare_f32});
const RivalRegistration int8("onednn/convolution_u8s8",
                             {Arithmetic::int8,
                              "convolution of unsigned by signed bytes to unsigned bytes, 16-bit sums "
                              "of two may saturate",
                              version(), prepare_int8});

}  // namespace
}  // namespace dsqbench::onednn
