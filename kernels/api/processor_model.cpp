#include "kernels/api/processor_model.h"

#if defined(__x86_64__)
#include <cpuid.h>

#include <cstring>
#endif

namespace dsqbench {

ProcessorModel processor_model() {
    ProcessorModel found;
#if defined(__x86_64__)
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
    if (__get_cpuid(0, &eax, &ebx, &ecx, &edx) == 0) return found;
    char vendor[13] = {};
    std::memcpy(vendor, &ebx, 4);
    std::memcpy(vendor + 4, &edx, 4);
    std::memcpy(vendor + 8, &ecx, 4);
    found.vendor = vendor;
    __get_cpuid(1, &eax, &ebx, &ecx, &edx);
    found.family = (eax >> 8 & 0xF) + (eax >> 20 & 0xFF);
    found.model = (eax >> 4 & 0xF) + (eax >> 12 & 0xF0);
#endif
    return found;
}

double wide_instruction_cost() {
    static const ProcessorModel here = processor_model();
    return here.vendor == "AuthenticAMD" && here.family == 25 ? 2.0 : 1.0;
}

}  // namespace dsqbench
