// Two ranks as two threads of the test: what they do, they do over real sockets.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <exception>
#include <memory>
#include <thread>

#include "suite/training/process_group.h"

namespace dsqbench {

inline Ranks rank_of_two(int rank, std::uint16_t port) {
    Ranks ranks;
    ranks.rank = rank;
    ranks.count = 2;
    ranks.address = "127.0.0.1";
    ranks.port = port;
    return ranks;
}

// work(group) on both ranks at the same time; the first error, if any, when both are done.
template <class Work>
void on_two_ranks(Work work, const std::array<at::Device, 2>& devices = {at::kCPU, at::kCPU}) {
    const std::uint16_t port = free_port();
    const Rendezvous rendezvous(rank_of_two(0, port));
    std::exception_ptr errors[2];
    const auto run = [&](int rank) {
        try {
            const auto group = std::make_shared<const ProcessGroup>(rank_of_two(rank, port), "test", devices[rank]);
            work(group);
            group->barrier();  // neither leaves while the other still works
        } catch (...) {
            errors[rank] = std::current_exception();
        }
    };
    std::thread other(run, 1);
    run(0);
    other.join();
    for (const auto& error : errors)
        if (error) std::rethrow_exception(error);
}

}  // namespace dsqbench
