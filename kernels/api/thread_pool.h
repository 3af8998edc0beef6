// A few threads that run the blocks of one convolution after the other. Idle threads sleep.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "kernels/api/convolution.h"

namespace dsqbench {

class ThreadPool {
public:
    // The caller's thread counts: ThreadPool(1) starts none. More threads than the process may use processors are not
    // started, as they would only take turns.
    explicit ThreadPool(int threads);
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;

    int threads() const { return static_cast<int>(workspaces_.size()); }
    // The same bytes as convolution.run(), whatever the number of threads. One caller at a time.
    void run(const Convolution& convolution, const ConvolutionBuffers& buffers);

private:
    void work(std::size_t thread);
    void run_share(std::size_t thread);

    Workspace shared_;
    std::vector<Workspace> workspaces_;  // one a thread, the caller's first
    std::vector<std::thread> workers_;

    std::mutex mutex_;
    std::condition_variable start_, done_;
    std::uint64_t round_ = 0;  // of work given out
    std::size_t running_ = 0;
    bool stop_ = false;
    const Convolution* convolution_ = nullptr;
    ConvolutionBuffers buffers_;
    std::byte* input_ = nullptr;
};

// Processors that this process may run on.
int usable_processors();

}  // namespace dsqbench
