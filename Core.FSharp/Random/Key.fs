namespace Functional

/// A splittable random key (SplitMix64). Drawing from a key never changes it: the same key gives the same numbers.
[<Struct; CustomEquality; NoComparison>]
type Key =
    internal
    | Key of uint64

    /// The 64 bits of the key, for checkpoints.
    member key.Bits = let (Key bits) = key in bits

    /// The key with these 64 bits, as read from a checkpoint.
    static member OfBits(bits: uint64) = Key bits

    /// The key of a seed. Every seed gives its own key.
    static member OfSeed(seed: int64) = Key(uint64 seed)

    override key.Equals other =
        match other with
        | :? Key as other -> key.Bits = other.Bits
        | _ -> false

    override key.GetHashCode() = key.Bits.GetHashCode()
    override key.ToString() = $"Key 0x{key.Bits:x16}"

    interface System.IEquatable<Key> with
        member key.Equals other = key.Bits = other.Bits

namespace Functional.FSharp

open Functional

/// Keys and their children. Pass each consumer a child of its own; no key is ever used up.
[<RequireQualifiedAccess>]
module Key =

    let private golden = 0x9e3779b97f4a7c15UL

    // Output function of SplitMix64: Stafford's variant 13 of the MurmurHash3 finaliser.
    let inline internal mix (z: uint64) =
        let z = (z ^^^ (z >>> 30)) * 0xbf58476d1ce4e5b9UL
        let z = (z ^^^ (z >>> 27)) * 0x94d049bb133111ebUL
        z ^^^ (z >>> 31)

    // MurmurHash3's own finaliser: children take another function than draws, so no child equals a drawn number.
    let inline private scramble (z: uint64) =
        let z = (z ^^^ (z >>> 33)) * 0xff51afd7ed558ccdUL
        let z = (z ^^^ (z >>> 33)) * 0xc4ceb9fe1a85ec53UL
        z ^^^ (z >>> 33)

    /// The key of a seed.
    let ofSeed (seed: int) = Key.OfSeed(int64 seed)

    /// The i-th 64-bit number of a key, i ≥ 0: mix(k + (i+1)·0x9e3779b97f4a7c15), the i-th output of SplitMix64
    /// started at k (Steele, Lea and Flood 2014, https://doi.org/10.1145/2714064.2660195).
    let inline bits (i: int) (key: Key) = mix (key.Bits + 0x9e3779b97f4a7c15UL * (uint64 i + 1UL))

    /// The i-th child of a key. Children with different numbers are independent of each other and of the parent's draws.
    let child (i: int) (Key.Key k) =
        // The offset, because the finaliser leaves 0 as it is.
        Key.Key(mix (scramble (k + golden) + golden * (uint64 (uint32 i) + 1UL)))

    /// The children 0 and 1.
    let split (key: Key) = struct (child 0 key, child 1 key)

    /// The children 0, 1, 2, … without end.
    let stream (key: Key) = Seq.initInfinite (fun i -> child i key)
