#include "kernels/bench/processor.h"

#include <fstream>

#include "kernels/api/processor_model.h"

namespace dsqbench {

#if defined(__x86_64__)
std::string processor_name() {
    const ProcessorModel found = processor_model();
    if (found.vendor.empty()) return {};
    return found.vendor + " " + std::to_string(found.family) + "/" + std::to_string(found.model);
}
#else
std::string processor_name() {
    std::ifstream file("/proc/cpuinfo");
    std::string line, implementer, part;
    const auto value = [&line] { return line.substr(line.find(": ") + 2); };
    while (std::getline(file, line) && part.empty()) {
        if (line.starts_with("CPU implementer")) implementer = value();
        if (line.starts_with("CPU part")) part = value();
    }
    return part.empty() ? std::string() : implementer + " " + part;
}
#endif

}  // namespace dsqbench
