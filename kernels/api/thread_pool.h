// A few threads that share one piece of work after the other: the blocks of a convolution, the pixels of a pass. After its
// work a thread looks for more for 0.2 ms, then it sleeps: layer follows upon layer, and a sleeping thread takes longer to
// wake than some layers to compute.
#pragma once

#include <atomic>
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
    // Calls `work` once on each thread, with 0 on the caller's, and returns when all have returned. It must not throw.
    void on_every_thread(const std::function<void(std::size_t thread)>& work);

    // `share` gets one contiguous part of 0 .. count - 1 and the number of its thread; not called for an empty part.
    using Share = std::function<void(Blocks part, std::size_t thread)>;
    void run(std::int64_t count, const Share& share);

private:
    void serve(std::size_t thread);
    void keep_workers_off_this_processor();

    Workspace shared_;
    std::vector<Workspace> workspaces_;  // one a thread, the caller's first
    std::vector<std::thread> workers_;
    int callers_processor_ = -1;  // that the workers are kept off

    std::mutex mutex_;  // for threads that sleep: the atomics change under it, and are looked at without it
    std::condition_variable start_, done_;
    std::atomic<std::uint64_t> round_ = 0;  // of work given out
    std::atomic<std::size_t> running_ = 0;
    const std::function<void(std::size_t)>* work_ = nullptr;  // of this round; null ends the threads
};

// Processors that this process may run on.
int usable_processors();

}  // namespace dsqbench
