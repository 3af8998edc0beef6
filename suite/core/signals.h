// SIGINT, SIGTERM and SIGUSR1 ask for a stop at the next safe point; nothing else happens inside a handler.
#pragma once

#include "suite/core/error.h"

namespace dsqbench {

// Installs the handlers, and makes writes to a closed pipe or past a size limit fail instead of ending the process. A
// second SIGINT ends the process at once, as people expect.
void catch_stop_signals();

// The signal that asked for a stop; 0 while none has. The first one, but SIGUSR1 only while no other has come.
int stop_signal();

// What a process that stopped for `signal` at a checkpoint exits with: interrupted for SIGINT, checkpointed otherwise.
ExitCode exit_code_of_stop(int signal);

}  // namespace dsqbench
