#include "kernels/bench/processor.h"

#include <cstring>
#include <fstream>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace dsqbench {

#if defined(__x86_64__)
std::string processor_name() {
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
    if (__get_cpuid(0, &eax, &ebx, &ecx, &edx) == 0) return {};
    char vendor[13] = {};
    std::memcpy(vendor, &ebx, 4);
    std::memcpy(vendor + 4, &edx, 4);
    std::memcpy(vendor + 8, &ecx, 4);
    __get_cpuid(1, &eax, &ebx, &ecx, &edx);
    const unsigned family = (eax >> 8 & 0xF) + (eax >> 20 & 0xFF), model = (eax >> 4 & 0xF) + (eax >> 12 & 0xF0);
    return std::string(vendor) + " " + std::to_string(family) + "/" + std::to_string(model);
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
