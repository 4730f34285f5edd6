// The one interface between inference and arithmetic: memory and operators of one device.
//
// The promise every CPU backend keeps: an output row depends on its own input row (and cache)
// alone, and is summed in an order that depends on neither the number of rows nor the number of
// threads. So a request gets the same bits alone, in any batch, in any prefill chunking, and with
// any thread count.
//
// A backend serves one caller at a time; it may use threads of its own inside an operator.
// Operators check their shapes by assertion only: the caller plans with supportsWeight() and
// reserve() first, which say in words what does not work.
#pragma once

#include "device_phases.h"
#include "logit_summary.h"
#include "views.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace inferlab {

// Device memory, freed with the object.
class Buffer
{
public:
    virtual ~Buffer() = default;
    virtual void *data() const noexcept = 0;
    virtual size_t bytes() const noexcept = 0;
};

// A weight matrix [rows = out, cols = in] in the backend's own layout.
class Weight
{
public:
    virtual ~Weight() = default;
    virtual int64_t rows() const noexcept = 0;
    virtual int64_t cols() const noexcept = 0;
    virtual DType dtype() const noexcept = 0;  // as in the file
    virtual size_t bytes() const noexcept = 0; // resident in the backend's memory
};

// Says whether to give up; once it has said yes it must not say no again. Asked by all threads that
// compute, by several at once.
using StopCheck = std::function<bool()>;

// Hears while a weight is loaded how many of the tensor's bytes are done, and says whether to go
// on.
using WeightProgress = std::function<bool(size_t doneBytes)>;

// What a backend does with a weight of this type and shape.
struct WeightSupport
{
    bool supported = false;
    bool fast = false;  // false: dequantised to float32 first, then multiplied
    size_t bytes = 0;   // memory that loadWeight() will take
    std::string reason; // why not supported, or why not fast
};

// Whether attention and writeKv() work on such a cache.
struct CacheSupport
{
    bool supported = false;
    std::string reason; // why not: names the operator
};

// What tells one step from another of the same engine: a step of the same key launches the same
// kernels on the same memory, whose contents alone differ.
struct StepKey
{
    const void *memory = nullptr; // of the activations: whose step it is
    int32_t rows = 0;
    int32_t sequences = 0;
    int32_t maxBlocks = 0;
    int32_t logitRows = 0;

    bool operator==(const StepKey &) const = default;
    // One row of each sequence, and its logits: what a decode step is.
    bool decodes() const noexcept { return rows == sequences && rows == logitRows; }
};

// What a step was on the device's own clock.
struct DeviceStep
{
    int64_t ns = 0;        // from its first kernel to the end of its last
    int32_t launches = 0;  // of a recorded step: its kernels; 0 where nobody counted
    bool replayed = false; // launched as a whole
    // Of some steps that were launched kernel by kernel: a clock between kernels takes time itself.
    std::optional<DevicePhases> phases;
};

// Upper bounds of one step; reserve() takes the workspace for them, so that operators allocate
// nothing.
struct StepLimits
{
    int64_t rows = 0;          // tokens in one step
    int64_t cols = 0;          // widest matmul input
    int64_t contextTokens = 0; // longest sequence
    int32_t heads = 0;
    int32_t kvHeads = 0; // 0: unknown
    int32_t headDim = 0;
    DType cacheType = DType::F16;
};

// y = x * weight^T (+ bias). Several outputs that read the same x share the work of preparing it.
struct MatmulOutput
{
    const Weight *weight = nullptr;
    MatrixView y;                // [x.rows, weight.rows]
    const float *bias = nullptr; // [weight.rows] or null
};

// Which elements a rotation pairs: (0,1),(2,3).. as GGUF's llama, or (0,n/2),(1,n/2+1).. as Hugging
// Face.
enum class RopeLayout { AdjacentPairs, HalfSplit };

struct AttentionArgs
{
    ConstMatrixView q;      // [rows, heads * headDim], heads major
    MatrixView out;         // the same shape
    KvLayerView cache;      // holds the keys and values of these rows already
    RowPlacement placement; // row r attends to positions 0 .. position[r]
    int32_t heads = 0;      // a multiple of cache.kvHeads: grouped-query attention
    float scale = 0.0f;     // usually 1 / sqrt(headDim)
};

// The RMS norm of rows, whose result products read and nobody else.
struct NormArgs
{
    ConstMatrixView x;
    const float *gain = nullptr; // [x.cols]
    float epsilon = 0.0f;
    std::span<const int32_t> rows; // those of x that are wanted, in device memory; empty: all
    MatrixView scratch;            // [wanted rows, x.cols]
};

// What is done to a batch's queries, keys and values before attention.
struct RopeStoreArgs
{
    MatrixView q;           // [rows, heads * headDim], rotated in place
    MatrixView k;           // [rows, kvHeads * headDim], rotated into the cache; scratch afterwards
    ConstMatrixView v;      // the same shape
    ConstMatrixView cosSin; // [rows, ropeDim], as for rope()
    RopeLayout layout = RopeLayout::AdjacentPairs;
    KvLayerView cache;
    RowPlacement placement;
};

struct DeviceInfo
{
    std::string kind; // "cpu", "reference", "cuda": the name that --device takes
    std::string name; // "AMD EPYC ..., AVX-512 VNNI"
    bool available = false;
    std::string reason;              // why it is not available, in words
    size_t memoryBytes = 0;          // total, 0 if unknown
    std::optional<size_t> freeBytes; // free when asked, none if unknown
    int hardwareThreads = 0;         // CPU only
    std::string busId;               // GPU only: "0000:65:00.0", as its driver counts
    std::string note;                // what works less well than it could, in words
};

class Backend
{
public:
    virtual ~Backend() = default;

    virtual DeviceInfo device() const = 0;
    virtual int threads() const noexcept = 0;
    virtual void setThreads(int threads) = 0; // at least 1; between operators only

    // Whether a row's result is the same bit for bit whatever rows are beside it. Always on the
    // CPU; on a GPU a choice, between operators only, that costs time: the kernels that are fastest
    // for one row and for many add in different orders.
    virtual bool batchInvariant() const noexcept { return true; }
    virtual void setBatchInvariant(bool) { }

    // Whether runStep() records decode steps and replays them as a whole, where the backend can:
    // launching kernels one by one costs a GPU's host some microseconds each. Between steps only;
    // switched off, it forgets those it has recorded.
    virtual bool recordsSteps() const noexcept { return false; }
    virtual void setRecordsSteps(bool) { }

    // Memory. allocate() throws std::bad_alloc; its memory is zeroed and aligned to 64 bytes.
    virtual std::unique_ptr<Buffer> allocate(size_t bytes) = 0;
    // Whether Buffer::data() may be read and written by the caller as it is.
    virtual bool hasHostMemory() const noexcept { return true; }
    virtual void upload(void *device, const void *host, size_t bytes) = 0;
    virtual void download(void *host, const void *device, size_t bytes) = 0;

    // Weights. loadWeight() copies: the host tensor may go afterwards. Null when `progress`, which
    // is called on this thread after each piece of some milliseconds, said not to go on.
    virtual WeightSupport supportsWeight(DType dtype, int64_t rows, int64_t cols) const = 0;
    virtual std::unique_ptr<Weight> loadWeight(const HostTensor &tensor,
                                               const WeightProgress &progress) = 0;
    std::unique_ptr<Weight> loadWeight(const HostTensor &tensor) { return loadWeight(tensor, {}); }

    // As cacheSupport() in cache_support.h; a device may take less.
    virtual CacheSupport supportsCache(DType cacheType, int32_t headDim) const;

    // Workspace: bytes needed for these limits, and taking it. Call reserve() again to grow.
    virtual size_t workspaceBytes(const StepLimits &limits) const = 0;
    virtual void reserve(const StepLimits &limits) = 0;

    // From now on matmul() and attention() ask before each piece of their work, of some
    // milliseconds on the CPU, and give up when told to: their outputs are then undefined, and the
    // caller asks the check itself. Empty: nobody is asked. Between operators only.
    virtual void setStopCheck(StopCheck stop) noexcept = 0;

    // Calls `step`, which calls operators of this backend and nothing else of it: all that they
    // read was placed in device memory before. Or does what an earlier step of the same key did,
    // since the last reserve(), without calling it. What `step` throws passes through.
    virtual void runStep(const StepKey &, const std::function<void()> &step) { step(); }
    // The last runStep() on the device's clock, once it has ended there. None where operators have
    // ended when they return: the caller's clock tells as much.
    virtual std::optional<DeviceStep> lastStep() { return std::nullopt; }

    // Operators. Matrices, ids and rows are in device memory.
    // out[r] = row ids[r] of table, as float32.
    virtual void embed(const Weight &table, std::span<const int32_t> ids, MatrixView out) = 0;
    // out[r] = x[r] / sqrt(mean(x[r]^2) + epsilon) * gain. out may be x.
    virtual void rmsNorm(ConstMatrixView x, const float *gain, float epsilon, MatrixView out) = 0;
    virtual void matmul(std::span<const MatmulOutput> outputs, ConstMatrixView x) = 0;
    // Rotates the first `ropeDim` elements of each head of x [rows, heads * headDim] in place.
    // cosSin [rows, ropeDim]: cos of pair i at 2i, sin at 2i + 1, for the row's position.
    virtual void rope(MatrixView x, int32_t headDim, int32_t ropeDim, ConstMatrixView cosSin,
                      RopeLayout layout) = 0;
    // Stores k and v [rows, kvHeads * headDim] at the rows' places.
    virtual void writeKv(ConstMatrixView k, ConstMatrixView v, const KvLayerView &cache,
                         const RowPlacement &placement) = 0;
    virtual void attention(const AttentionArgs &args) = 0;
    // out = silu(gate) * up; out may be gate.
    virtual void siluMultiply(ConstMatrixView gate, ConstMatrixView up, MatrixView out) = 0;
    // x += y
    virtual void add(MatrixView x, ConstMatrixView y) = 0;
    // The best of each row of logits, in host memory; outside of steps. temperatures: [rows], in
    // host memory; 0 where nobody asks for sumTempered. Waits.
    virtual void summariseLogits(ConstMatrixView logits, std::span<const float> temperatures,
                                 std::span<LogitSummary> out);
    // out[i] = x[rows[i]]
    virtual void gatherRows(ConstMatrixView x, std::span<const int32_t> rows, MatrixView out) = 0;

    // Chains of the operators above, which is what they do unless a device computes them in fewer
    // passes. What scratch holds afterwards is undefined.
    // The norm, then matmul().
    virtual void normMatmul(std::span<const MatmulOutput> outputs, const NormArgs &norm);
    // sum += x * weight^T; scratch: the shape of sum.
    virtual void matmulAdd(const Weight &weight, ConstMatrixView x, MatrixView sum,
                           MatrixView scratch);
    // sum += (silu(gate) * up) * weight^T; gate is scratch, too.
    virtual void siluMatmulAdd(const Weight &weight, MatrixView gate, ConstMatrixView up,
                               MatrixView sum, MatrixView scratch);
    // rope() of queries and keys, then writeKv().
    virtual void ropeAndStore(const RopeStoreArgs &args);
    // attention(), then sum += out * weight^T; args.out is scratch, too.
    virtual void attentionMatmulAdd(const AttentionArgs &args, const Weight &weight, MatrixView sum,
                                    MatrixView scratch);
};

} // namespace inferlab
