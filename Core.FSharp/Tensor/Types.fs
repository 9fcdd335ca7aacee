namespace Functional

open System
open TorchSharp

/// The type of a tensor's elements. The numbers are libtorch's own.
type Dtype =
    /// 8-bit unsigned integers.
    | UInt8 = 0
    /// 8-bit integers.
    | Int8 = 1
    /// 16-bit integers.
    | Int16 = 2
    /// 32-bit integers.
    | Int32 = 3
    /// 64-bit integers: class labels and indices.
    | Int64 = 4
    /// 16-bit floating point: 11 binary digits, up to 65504.
    | Float16 = 5
    /// 32-bit floating point, the default.
    | Float32 = 6
    /// 64-bit floating point.
    | Float64 = 7
    /// Truth values.
    | Bool = 11
    /// 16-bit floating point: 8 binary digits, with the exponent of float32.
    | BFloat16 = 15

/// Where a tensor's numbers are.
[<Struct; CustomEquality; NoComparison>]
type Device =
    internal
        {
            Kind: DeviceType
            Index: int
        }

    /// The processor's memory.
    static member Cpu = { Kind = DeviceType.CPU; Index = -1 }

    /// The n-th CUDA device.
    static member Cuda(index: int) = { Kind = DeviceType.CUDA; Index = index }

    override device.Equals other =
        match other with
        | :? Device as other -> device.Kind = other.Kind && device.Index = other.Index
        | _ -> false

    override device.GetHashCode() = HashCode.Combine(device.Kind, device.Index)

    override device.ToString() =
        let kind = device.Kind.ToString().ToLowerInvariant()
        if device.Index < 0 then kind else $"{kind}:{device.Index}"

    interface IEquatable<Device> with
        member device.Equals other = device.Kind = other.Kind && device.Index = other.Index

/// A wrong shape, dtype or value given to a layer. `Path` names the layer from the outside in: "3/weight" or "encoder/0".
[<Sealed>]
type LayerException(path: string, problem: string, inner: exn | null) =
    inherit ArgumentException((if path = "" then problem else $"at {path}: {problem}"), inner)

    /// The path of the layer that refused its input; empty for a layer that stands alone.
    member _.Path = path

    /// What was given and what was expected.
    member _.Problem = problem

    /// The same refusal seen from one layer further out.
    member internal refusal.Within name =
        LayerException((if path = "" then name else $"{name}/{path}"), problem, refusal.InnerException)
