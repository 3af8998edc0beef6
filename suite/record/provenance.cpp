#include "suite/record/provenance.h"

#include <fmt/format.h>
#include <gnu/libc-version.h>

#include <map>
#include <mutex>

#include "suite/core/clock.h"

namespace dsqbench {

namespace {

struct LibraryVersions {
    std::mutex mutex;
    std::map<std::string, std::string> versions;
};

std::string fmt_version() {
    return fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100);
}

LibraryVersions& library_versions() {
    static LibraryVersions known{
        {},
        {{"fmt", fmt_version()},
         {"glibc", gnu_get_libc_version()},
         {"nlohmann-json", fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
                                       NLOHMANN_JSON_VERSION_PATCH)}}};
    return known;
}

}  // namespace

void add_library_version(const std::string& library, const std::string& version) {
    auto& known = library_versions();
    const std::lock_guard lock(known.mutex);
    known.versions[library] = version;
}

nlohmann::json provenance() {
    const BuildInfo build = build_info();
    auto& known = library_versions();
    const std::lock_guard lock(known.mutex);
    return {{"time", utc_now()},          {"commit", build.commit},         {"version", build.version},
            {"compiler", build.compiler}, {"build_type", build.build_type}, {"machine", machine_name()},
            {"cpu", cpu_model()},         {"cores", core_count()},          {"memory_bytes", memory_bytes()},
            {"kernel", kernel_release()}, {"libraries", known.versions}};
}

}  // namespace dsqbench
