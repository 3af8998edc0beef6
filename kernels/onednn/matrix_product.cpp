// oneDNN's matrix products of a layer's size: output pixels by output channels by products a sum. What a convolution
// would need beside it (gathering the pixels) is not counted.
#include "kernels/onednn/library.h"

namespace dsqbench::onednn {
namespace {

using Type = dnnl::memory::data_type;
using Tag = dnnl::memory::format_tag;

dnnl::matmul::primitive_desc make(const dnnl::memory::desc& source, const dnnl::memory::desc& weights,
                                  const dnnl::memory::desc& destination) {
#if DNNL_VERSION_MAJOR >= 3
    return {engine(), source, weights, destination};
#else
    return {dnnl::matmul::desc(source, weights, destination), engine()};
#endif
}

PreparedRival prepare_types(const ConvolutionShape& shape, Type source, Type weights, Type destination) {
    if (shape.depthwise()) return {{}, {}, "a depth-wise layer is no matrix product"};
    const auto rows = shape.out_pixels();
    try {
        const auto chosen =
            make({{rows, shape.depth()}, source, Tag::ab}, {{shape.depth(), shape.out_channels}, weights, Tag::any},
                 {{rows, shape.out_channels}, destination, Tag::ab});
        Arguments arguments{{DNNL_ARG_SRC, filled(chosen.src_desc())},
                            {DNNL_ARG_WEIGHTS, filled(chosen.weights_desc())},
                            {DNNL_ARG_DST, filled(chosen.dst_desc())}};
        return prepared(dnnl::matmul(chosen), chosen.impl_info_str(), std::move(arguments));
    } catch (const dnnl::error& error) {
        return refused(error);
    }
}

PreparedRival prepare_f32(const ConvolutionShape& shape, const RivalLimits& limits) {
    hold_to(limits);
    return prepare_types(shape, Type::f32, Type::f32, Type::f32);
}

PreparedRival prepare_int8(const ConvolutionShape& shape, const RivalLimits& limits) {
    hold_to(limits);
    return prepare_types(shape, Type::u8, Type::s8, Type::s32);
}

const RivalRegistration f32("onednn/matmul_f32", {Arithmetic::f32, "matrix product of floats", version(), prepare_f32});
const RivalRegistration int8("onednn/matmul_u8s8",
                             {Arithmetic::int8, "matrix product of unsigned by signed bytes to 32-bit sums", version(),
                              prepare_int8});

}  // namespace
}  // namespace dsqbench::onednn
