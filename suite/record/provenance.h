// Where a number came from: commit, build, machine, libraries, time.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "suite/record/build_info.h"
#include "suite/record/machine.h"

namespace dsqbench {

// {"time", "commit" ("unknown" outside a checkout; "-dirty" when the build had uncommitted changes), "version",
//  "compiler", "build_type", "machine", "cpu", "cores", "memory_bytes", "kernel", "libraries": {...}}
// Commit and compiler are those of the build. Layers below the LibTorch line add their versions with
// add_library_version.
nlohmann::json provenance();

// Thread-safe; the last call for a library counts.
void add_library_version(const std::string& library, const std::string& version);

}  // namespace dsqbench
