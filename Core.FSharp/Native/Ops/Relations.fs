namespace Functional.FSharp

open System
open TorchSharp
open Functional.FSharp.Native

/// How two numbers are compared.
[<RequireQualifiedAccess; Struct>]
type internal Relation =
    | Equal
    | NotEqual
    | Less
    | AtMost
    | Greater
    | AtLeast

/// Comparisons of numbers as real numbers, whatever their dtypes. libtorch brings both sides to one dtype first, in which they may
/// be rounded or wrap around.
[<RequireQualifiedAccess>]
module internal Relations =

    type private T = torch.Tensor

    let private word relation =
        match relation with
        | Relation.Equal -> "eq"
        | Relation.NotEqual -> "ne"
        | Relation.Less -> "lt"
        | Relation.AtMost -> "le"
        | Relation.Greater -> "gt"
        | Relation.AtLeast -> "ge"

    // b ? a, where a ? b is asked for.
    let private turned relation =
        match relation with
        | Relation.Less -> Relation.Greater
        | Relation.AtMost -> Relation.AtLeast
        | Relation.Greater -> Relation.Less
        | Relation.AtLeast -> Relation.AtMost
        | relation -> relation

    let private compare relation (a: T) (b: T) : T =
        match relation with
        | Relation.Equal -> a.eq b
        | Relation.NotEqual -> a.ne b
        | Relation.Less -> a.lt b
        | Relation.AtMost -> a.le b
        | Relation.Greater -> a.gt b
        | Relation.AtLeast -> a.ge b

    let private compareScalar relation (a: T) (s: Scalar) : T =
        match relation with
        | Relation.Equal -> a.eq s
        | Relation.NotEqual -> a.ne s
        | Relation.Less -> a.lt s
        | Relation.AtMost -> a.le s
        | Relation.Greater -> a.gt s
        | Relation.AtLeast -> a.ge s

    // Whether the relation holds for numbers below, and for numbers above.
    let private isBelow relation =
        relation <> Relation.Equal && relation <> Relation.Greater && relation <> Relation.AtLeast

    let private isAbove relation =
        relation <> Relation.Equal && relation <> Relation.Less && relation <> Relation.AtMost

    let private always name (holds: bool) (a: T) =
        unary name a (fun a ->
            if holds then
                a.ones_like (Nullable torch.ScalarType.Bool)
            else
                a.zeros_like (Nullable torch.ScalarType.Bool))

    // x < v is x < ⌈v⌉ for whole x, and x ≤ v is x ≤ ⌊v⌋.
    let private nearestWhole relation (v: float) =
        match relation with
        | Relation.Less
        | Relation.AtLeast -> Math.Ceiling v
        | _ -> Math.Floor v

    let private isEquality relation = relation = Relation.Equal || relation = Relation.NotEqual

    let private wholeNumber relation (low: int64) (high: int64) (v: float) (a: T) : T =
        let name, bound = word relation, nearestWhole relation v

        if Double.IsNaN v || isEquality relation && bound <> v then
            always name (relation = Relation.NotEqual) a
        // 2⁶³ is the float of the largest int64.
        elif bound > float high || bound = 9223372036854775808.0 then
            always name (isBelow relation) a
        elif bound < float low then
            always name (isAbove relation) a
        else
            counted name a (int64 bound) (compareScalar relation)

    // A number of the dtype with no other one between it and v.
    let private neighbour (dtype: torch.ScalarType) (v: float) : float =
        match dtype with
        | torch.ScalarType.Float32 -> float (float32 v)
        | torch.ScalarType.Float16 -> float (Half.op_Explicit v: Half)
        | torch.ScalarType.BFloat16 ->
            float (BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(float32 v) &&& 0xFFFF0000u))
        | _ -> v

    let private floatingNumber relation (v: float) (a: T) : T =
        let name, near = word relation, neighbour (dtype a) v

        if near = v || Double.IsNaN v then
            scaled name a v (compareScalar relation)
        elif isEquality relation then
            always name (relation = Relation.NotEqual) a
        else
            let relation =
                match relation with
                | Relation.Less
                | Relation.AtMost -> if near > v then Relation.Less else Relation.AtMost
                | _ -> if near > v then Relation.AtLeast else Relation.Greater

            scaled name a near (compareScalar relation)

    /// a ? v for each element of a.
    let ofNumber relation (a: T) (v: float) : T =
        match bounds (dtype a) with
        | ValueSome(struct (low, high)) -> wholeNumber relation low high v a
        | ValueNone -> floatingNumber relation v a

    // x ? y for int64 x and floating y, which no floating dtype holds both: y is brought to whole numbers.
    let private mixed relation (x: T) (y: T) : T =
        use wide = y.to_type torch.ScalarType.Float64

        use bound =
            match relation with
            | Relation.Less
            | Relation.AtLeast -> wide.ceil ()
            | _ -> wide.floor ()

        use limit = (9223372036854775808.0).ToScalar()
        use least = (-9223372036854775808.0).ToScalar()
        use above = bound.ge limit
        use below = bound.lt least
        use isNaN = bound.isnan ()
        use fraction = bound.ne wide
        use outside = above.logical_or below
        use outside = outside.logical_or isNaN
        use zero = bound.zeros_like ()
        use inside = torch.where (outside, zero, bound)
        use whole = inside.to_type torch.ScalarType.Int64
        use compared = compare relation x whole
        use yes = outside.ones_like ()
        use no = outside.zeros_like ()
        let choose (mask: T) holds (other: T) = torch.where (mask, (if holds then yes else no), other)
        use result = choose above (isBelow relation) compared
        use result = choose below (isAbove relation) result
        use result = choose isNaN (relation = Relation.NotEqual) result
        let last = if isEquality relation then fraction else isNaN
        let result = choose last (relation = Relation.NotEqual) result
        GC.KeepAlive limit
        GC.KeepAlive least
        result

    let private together relation (dtype: torch.ScalarType) (a: T) (b: T) : T =
        use a = a.to_type dtype
        use b = b.to_type dtype
        compare relation a b

    /// a ? b for each pair of elements; shapes broadcast.
    let ofTensors relation (a: T) (b: T) : T =
        let name, left, right = word relation, dtype a, dtype b

        if left = right then
            binary name a b (compare relation)
        else
            match isFloating a, isFloating b with
            | false, false -> binary name a b (together relation torch.ScalarType.Int64)
            | false, true when left = torch.ScalarType.Int64 -> binary name a b (mixed relation)
            | true, false when right = torch.ScalarType.Int64 ->
                binary name a b (fun a b -> mixed (turned relation) b a)
            | _ -> binary name a b (together relation torch.ScalarType.Float64)
