#include "kernels/onednn/library.h"

#include <omp.h>

#include <algorithm>
#include <memory>

namespace dsqbench::onednn {

std::string version() {
    const dnnl_version_t* version = dnnl_version();
    return std::to_string(version->major) + "." + std::to_string(version->minor) + "." + std::to_string(version->patch);
}

void hold_to(const RivalLimits& limits) {
    // Debian's builds compute with OpenMP; the number of threads belongs to the calling thread, and primitives are made
    // for one. See prepared() too.
    omp_set_num_threads(limits.threads);
    static const bool held = [&] {
        if (!limits.allowed) return false;
        const bool avx2 = name(*limits.allowed).find("avx2") != std::string::npos;
        // Larger sets stay with the library's own choice: it knows finer steps than kernels/ does.
        const bool more = name(*limits.allowed).find("avx512") != std::string::npos;
        if (!more) dnnl::set_max_cpu_isa(avx2 ? dnnl::cpu_isa::avx2 : dnnl::cpu_isa::sse41);
        return true;
    }();
    (void)held;
}

const dnnl::engine& engine() {
    static const dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
    return cpu;
}

dnnl::memory filled(const dnnl::memory::desc& layout) {
    dnnl::memory memory(layout, engine());
    void* data = memory.get_data_handle();
#if DNNL_VERSION_MAJOR >= 3
    const bool is_float = layout.get_data_type() == dnnl::memory::data_type::f32;
#else
    const bool is_float = layout.data_type() == dnnl::memory::data_type::f32;
#endif
    if (is_float)
        std::fill_n(static_cast<float*>(data), layout.get_size() / sizeof(float), 0.25F);
    else
        std::fill_n(static_cast<unsigned char*>(data), layout.get_size(), static_cast<unsigned char>(1));
    return memory;
}

PreparedRival prepared(const dnnl::primitive& primitive, const std::string& implementation, Arguments arguments) {
    struct State {
        dnnl::primitive primitive;
        dnnl::stream stream;
        Arguments arguments;
    };
    auto state = std::make_shared<State>(State{primitive, dnnl::stream(engine()), std::move(arguments)});
    return {[state, threads = omp_get_max_threads()] {
                omp_set_num_threads(threads);  // as at its preparation: another one's may have been for more or fewer
                state->primitive.execute(state->stream, state->arguments);
                state->stream.wait();
            },
            implementation,
            {}};
}

PreparedRival refused(const dnnl::error& error) {
    return {{}, {}, std::string("oneDNN has no such operator: ") + error.what()};
}

}  // namespace dsqbench::onednn
