// The machine that a number was measured on.
#pragma once

#include <string>
#include <string_view>

namespace dsqbench {

// A stable, short name of this machine for results/<machine>/: $DSQBENCH_MACHINE, else made of CPU model and core count
// ("amd-epyc-7b13-2c"); letters, digits and '-' only.
std::string machine_name();

std::string cpu_model();  // as the kernel names it: "AMD EPYC 7B13"; the architecture where it does not
long core_count();        // on line, whether or not this process may use them
long long memory_bytes();
std::string kernel_release();  // "Linux 6.1.0-18-amd64 x86_64"

// The parts that depend on nothing but their arguments.
std::string cpu_model_in(std::string_view cpuinfo);  // text of /proc/cpuinfo; "" when it names no model
std::string machine_name_of(std::string_view cpu_model, long cores);
std::string as_machine_name(std::string_view text);  // "My Board #2" -> "my-board-2"; "" when nothing is left

}  // namespace dsqbench
