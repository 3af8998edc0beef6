// Which of several processes this is, when torchrun, mpirun or srun started them to train one network together.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace dsqbench {

struct Ranks {
    int rank = 0, count = 1;  // of this process, from 0; of all
    int rank_here = 0;        // of this process among those of its machine, from 0
    // Where rank 0 listens, or, as torchrun has it, the launcher in its place.
    std::string address;
    std::uint16_t port = 0;
    bool launcher_listens = false;
    std::string attempt;  // differs when a launcher starts its ranks again
};

// From the launcher's environment variables, by the names of torchrun (RANK, WORLD_SIZE, LOCAL_RANK, MASTER_ADDR,
// MASTER_PORT), Open MPI (OMPI_COMM_WORLD_RANK, ...), MPICH and Intel MPI (PMI_RANK, PMI_SIZE, MPI_LOCALRANKID) and srun
// (SLURM_PROCID, SLURM_STEP_NUM_TASKS, SLURM_LOCALID), of which the last three take MASTER_ADDR and MASTER_PORT too and
// do without them where they can: on one machine, and under srun. nullopt for one process. Throws Error(usage) for
// variables that cannot be.
using Environment = std::function<const char*(const char* name)>;  // std::getenv and its stand-ins
std::optional<Ranks> launched_ranks(const Environment& environment);
std::optional<Ranks> launched_ranks();

// A port of this machine's loopback that nobody listens on now. Throws Error(failed) when there is none.
std::uint16_t free_port();

// The first host of a list as Slurm writes it: "node[03-05,9],other" -> "node03".
std::string first_host(const std::string& nodes);

}  // namespace dsqbench
