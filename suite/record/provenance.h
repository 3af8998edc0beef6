// Where a number came from: commit, build, machine, libraries, time.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace dsqbench {

// A stable, short name of this machine for results/<machine>/: $DSQBENCH_MACHINE, else made of CPU model and core count
// ("amd-epyc-7b13-2c"); letters, digits and '-' only.
std::string machine_name();

// {"time", "commit" ("unknown" outside a checkout; "-dirty" when the build had uncommitted changes), "version",
//  "compiler", "build_type", "machine", "cpu", "cores", "memory_bytes", "kernel", "libraries": {...}}
// Commit and compiler are those of the build. Layers below the LibTorch line add their versions with add_library_version.
nlohmann::json provenance();

void add_library_version(const std::string& library, const std::string& version);

}  // namespace dsqbench
