/// Hostile values of any type of the API: what a caller may pass by mistake, beside what is sound.
module HostileValues

// What reflection gives may be null almost everywhere.
#nowarn "3261"
#nowarn "3264"

open System
open System.Collections.Generic
open System.IO
open System.Linq.Expressions
open System.Net.Http
open System.Reflection
open System.Threading
open Microsoft.FSharp.Reflection
open Functional
open Functional.FSharp
open Functional.FSharp.Layers

/// What a hostile delegate raises.
exception Hostile

/// There is no value of this type.
exception NoValue of Type

/// Whether an exception is of a kind that the documentation names.
let rec allowed (error: exn) : bool =
    match error with
    | :? TargetInvocationException
    | :? AggregateException -> not (isNull error.InnerException) && allowed (nonNull error.InnerException)
    | :? ArgumentException
    | :? InvalidOperationException
    | :? OperationCanceledException
    | :? InvalidDataException
    | :? IOException
    | :? UnauthorizedAccessException
    | :? HttpRequestException
    | :? NotSupportedException
    | :? NonFiniteException
    | NoValue _
    | Hostile -> true
    | _ -> false

/// A member of the API, and what its declaring type is filled in with.
type Member = { Name: string; Owner: Type; Method: MethodBase; TakesNull: bool }

let private isOf (definition: Type) (t: Type) = t.IsGenericType && t.GetGenericTypeDefinition() = definition

/// The type and all types that its arguments and elements are made of.
let rec private inside (t: Type) : Type list =
    t
    :: [
        if t.HasElementType then
            yield! inside (nonNull (t.GetElementType()))
        if t.IsGenericType then
            for argument in t.GetGenericArguments() do
                yield! inside argument
    ]

/// All public members of both assemblies. A new one joins by being public.
let api: Member[] =
    let skipped =
        set
            [
                "CompareTo" // A record of F# casts what it is compared with.
                "GetType"
                "GetObjectData"
                "Finalize"
                "get_Tag"
            ]

    let flags = BindingFlags.Public ||| BindingFlags.Static ||| BindingFlags.Instance ||| BindingFlags.DeclaredOnly

    [|
        for assembly in [ typeof<Tensor>.Assembly; typeof<CSharp.Tensors>.Assembly ] do
            for t in assembly.GetExportedTypes() do
                // What is only called from F#, whose types have no null.
                let isFSharp = t.Namespace.StartsWith "Functional.FSharp"

                // Records and unions hold what they are given; who reads it says what is missing.
                let isData = FSharpType.IsUnion t || FSharpType.IsRecord t

                let join (method: MethodBase) name =
                    let types =
                        [
                            for p in method.GetParameters() do
                                yield! inside p.ParameterType
                        ]

                    if not (types |> List.exists (fun t -> t.IsByRef || t.IsByRefLike || t.IsPointer)) then
                        [
                            {
                                Name = name
                                Owner = t
                                Method = method
                                TakesNull =
                                    not isFSharp
                                    && not (isData && (method.IsConstructor || method.Name.StartsWith "New"))
                            }
                        ]
                    else
                        []

                // The cases of a union are read by the union's own members.
                let isCase = t.IsNested && FSharpType.IsUnion t

                if not (isCase || t.FullName.Contains '<' || typeof<Exception>.IsAssignableFrom t || t.IsEnum) then
                    let name = t.FullName.Replace("Functional.", "").Replace('+', '.')

                    for m in t.GetMethods flags do
                        if not (skipped.Contains m.Name || m.Name.Contains '<') then
                            yield! join m $"{name}.{m.Name}"

                    if not t.IsAbstract then
                        for c in t.GetConstructors(BindingFlags.Public ||| BindingFlags.Instance) do
                            yield! join c $"{name}.new"
    |]

// The types that type parameters are filled in with.
let private fillings =
    [|
        typeof<Tensor>
        typeof<Tensor>
        typeof<Tensor>
        typeof<struct (Tensor * Tensor)>
        typeof<int>
        typeof<float>
    |]

let private result (m: MethodBase) =
    match m with
    | :? MethodInfo as m -> m.ReturnType
    | c -> nonNull c.DeclaringType

// Members that give a value of a type, by the type's definition.
let private makers =
    let definition (t: Type) = if t.IsGenericType then t.GetGenericTypeDefinition() else t

    api
    |> Array.filter (fun m -> m.Method.IsStatic || m.Method.IsConstructor)
    |> Array.groupBy (_.Method >> result >> definition)
    |> dict

// Numbers that loops go by: many are slow, not wrong.
let private counts =
    let names =
        "steps sweeps count k chains samples epochs iterations burn leaps temperatures every ahead times intermediates runs trials \
         rounds restarts batch size length n m units visible hidden features inputs outputs rows columns channels turns \
         ranks chunk points levels history highest width height depth shape copies patterns networks degree classes bins least"

    set (names.Split(' ', StringSplitOptions.RemoveEmptyEntries))

// Numbers by which the cost grows exponentially.
let private orders = set [ "n"; "order"; "highest" ]

/// A tensor whose scope runs on another thread until it is told to end.
type Elsewhere() =
    let ready, leave = new ManualResetEventSlim(), new ManualResetEventSlim()
    let mutable tensors: Tensor[] = [||]

    let hold () =
        Scope.value (fun () ->
            tensors <-
                [|
                    Tensor.ones [ 3; 4 ]
                    Tensor.zerosOf Dtype.Int64 [ 3 ]
                    Random.normal [ 2; 3; 6; 6 ] (Key.ofSeed 1)
                |]

            ready.Set()
            leave.Wait())

    let thread = Thread(hold, IsBackground = true)

    do
        thread.Start()
        ready.Wait()

    member _.Tensors = tensors

    interface IDisposable with
        member _.Dispose() =
            leave.Set()
            thread.Join()

let private tensors () : Tensor[] =
    let freed =
        let mutable inside = Tensor.ones [ 2 ]
        Scope.value (fun () -> inside <- Tensor.ones [ 2 ])
        inside

    let key = Key.ofSeed 3

    [|
        freed
        for shape in [ []; [ 0 ]; [ 1 ]; [ 3 ]; [ 3; 4 ]; [ 4; 4 ]; [ 0; 3 ]; [ 2; 3; 6; 6 ]; [ 2; 1; 3 ] ] do
            Random.normal shape key

            for dtype in
                [
                    Dtype.Float64
                    Dtype.Int64
                    Dtype.UInt8
                    Dtype.Bool
                    Dtype.BFloat16
                    Dtype.Float16
                    Dtype.Int8
                    Dtype.Int16
                ] do
                Tensor.cast dtype (Random.uniform shape key * 3.0)
        Tensor.full [ 3; 4 ] nan
        Tensor.full [ 4; 4 ] infinity
        Tensor.full [ 3 ] -1e38
        Random.bernoulli 0.5 [ 5; 4 ] key
        Random.bernoulli 0.5 [ 5; 4 ] key * 2.0 - 1.0
        Tensor.transpose 0 1 (Random.normal [ 3; 4 ] key)
        Tensor.expand [ 20; 15; 4 ] (Tensor.ones [ 1 ])
        Tensor.ofInts [ 0; 1; 2 ]
        Tensor.ofInts [ -1; 7; 2 ]
    |]

// Files of every kind in the folder that the hunt runs in, sound and damaged.
let private files () : string[] =
    let x = Random.normal [ 3; 4 ] (Key.ofSeed 1)
    let network = dense 4 3 --> relu
    let struct (ps, _) = Layer.init (Key.ofSeed 1) network
    Npy.save "x.npy" x
    Safetensors.saveMap "x.safetensors" (Map.ofList (Tree.leaves (Params.values ps)))
    File.WriteAllText("x.csv", "a,b,label\n1,2,x\n3,4,y\n")
    File.WriteAllBytes("x.bin", Array.init 3073 byte)
    Directory.CreateDirectory "folder" |> ignore

    for name in [ "x.npy"; "x.safetensors" ] do
        let bytes = File.ReadAllBytes name
        File.WriteAllBytes("half-" + name, bytes[.. bytes.Length / 2])

    [|
        "x.npy"
        "x.safetensors"
        "x.csv"
        "x.bin"
        "half-x.npy"
        "half-x.safetensors"
        "folder"
        "missing"
        "new"
        "missing/file"
        ""
        " "
        "weight"
        "0/weight"
        "a"
        "é☃"
        String.replicate 300 "a"
        "a\000b"
        "ij,jk->ik"
        "i"
    |]

let private floats =
    [|
        0.0
        -0.0
        1.0
        0.5
        -1.0
        0.1
        2.0
        1e-8
        3.7
        1e30
        -1e300
        1e308
        nan
        infinity
        -infinity
        Double.Epsilon
        255.5
    |]

let private ints = [| 0; 1; 2; 3; -1; 4; 5; -2; 7; 12; 64; 100; -100; Int32.MinValue |]
let private bigInts = [| 1000; 65536; 200_000; 1 <<< 30; Int32.MaxValue; Int32.MaxValue - 1 |]

/// Makes values from a seed. `call` is what a delegate enters again.
type Values(seed: int, call: unit -> unit) =
    let random = Random seed
    let ownTensors = tensors ()
    let texts = files ()
    let pool = Dictionary<Type, ResizeArray<obj>>()
    let mutable elsewhere = new Elsewhere()
    let mutable calling = 0

    let pick (from: 'a[]) = from[random.Next from.Length]
    let chance p = random.NextDouble() < p

    let genericMethod (m: MethodInfo) (ofType: Type -> Type) =
        if m.IsGenericMethodDefinition then
            m.MakeGenericMethod [| for t in m.GetGenericArguments() -> ofType t |]
        else
            m

    member _.Random = random

    /// The tensors of another thread's scope are others from now on; those until now are freed.
    member _.EndElsewhere() =
        (elsewhere :> IDisposable).Dispose()
        elsewhere <- new Elsewhere()

    /// A result that later calls may be given. Of one type some are kept.
    member _.Keep(value: objnull) =
        match value with
        | null -> ()
        | :? Tensor as x when x.IsFreed || x.Count > 10_000 -> ()
        | value ->
            let t = value.GetType()

            if t.Assembly = typeof<Tensor>.Assembly || t.Assembly = typeof<CSharp.Tensors>.Assembly then
                match pool.TryGetValue t with
                | true, kept when kept.Count < 12 -> kept.Add value
                | true, kept -> kept[random.Next kept.Count] <- value
                | _ -> pool[t] <- ResizeArray [ value ]

    /// A member whose types are filled in: of an open generic, some or those that make its result of this type.
    member _.Close(m: Member, wanted: Type | null) : MethodBase =
        let found = Dictionary<string, Type>()

        let rec fit (pattern: Type) (actual: Type) =
            if pattern.IsGenericParameter then
                found[pattern.Name] <- actual
            elif
                pattern.IsGenericType
                && actual.IsGenericType
                && pattern.GetGenericTypeDefinition() = actual.GetGenericTypeDefinition()
            then
                Array.iter2 fit (pattern.GetGenericArguments()) (actual.GetGenericArguments())

        match wanted with
        | null -> ()
        | wanted when
            isOf
                (result m.Method
                 |> fun t -> if t.IsGenericType then t.GetGenericTypeDefinition() else typedefof<list<_>>)
                wanted
            ->
            fit (result m.Method) wanted
        | _ -> ()

        let ofType (t: Type) =
            match found.TryGetValue t.Name with
            | true, actual -> actual
            | _ -> pick fillings

        let owner =
            if m.Owner.IsGenericTypeDefinition then
                m.Owner.MakeGenericType [| for t in m.Owner.GetGenericArguments() -> ofType t |]
            else
                m.Owner

        match m.Method with
        | :? MethodInfo as info ->
            let info =
                if owner <> m.Owner then
                    MethodBase.GetMethodFromHandle(info.MethodHandle, owner.TypeHandle) :?> MethodInfo
                else
                    info

            genericMethod info ofType
        | c ->
            if owner <> m.Owner then
                nonNull (MethodBase.GetMethodFromHandle(c.MethodHandle, owner.TypeHandle))
            else
                c

    member private values.Delegate(result: Type, depth: int, givesNull: bool) : obj[] -> objnull =
        let constant =
            lazy
                (if result = typeof<Void> || result = typeof<unit> then
                     null
                 else
                     values.Make(result, depth + 1, false, ""))

        match random.Next 12 with
        | 0 -> fun _ -> raise Hostile
        | 1 when givesNull && not result.IsValueType -> fun _ -> null
        | 2 ->
            fun _ ->
                if calling < 2 then
                    calling <- calling + 1

                    try
                        call ()
                    finally
                        calling <- calling - 1

                constant.Value
        | 3
        | 4
        | 5 -> fun _ -> constant.Value
        | 6 ->
            fun _ ->
                if result = typeof<Void> then
                    null
                else
                    values.Make(result, depth + 1, false, "")
        | _ ->
            fun arguments ->
                // The first argument of the result's type, changed a little.
                match arguments |> Array.tryFind (fun a -> not (isNull a) && result.IsInstanceOfType a) with
                | Some(:? Tensor as x) when not x.IsFreed && Native.isFloating x.Raw && random.Next 2 = 0 ->
                    box (if random.Next 2 = 0 then Tensor.sum (x * x) else Tensor.tanh x * 2.0)
                | Some same -> same
                | None -> constant.Value

    /// A value of a type, sound or hostile. null only where it may be; `name` is the parameter's.
    member values.Make(t: Type, depth: int, takesNull: bool, name: string) : objnull =
        let make (t: Type) = values.Make(t, depth + 1, takesNull, name)

        if takesNull && not t.IsValueType && t <> typeof<System.Collections.IEqualityComparer> && chance 0.04 then
            null
        elif t = typeof<Tensor> then
            match random.Next 20 with
            | 0 -> box (pick elsewhere.Tensors)
            | 1
            | 2
            | 3
            | 4 when pool.ContainsKey t -> pool[t][random.Next(pool[t].Count)]
            | _ -> box (pick ownTensors)
        elif t = typeof<int> then
            let isCount = counts.Contains(name.ToLowerInvariant())
            // Inside arrays and pairs large ones would be shapes and paddings of many gigabytes.
            let isOrder = orders.Contains name

            box (
                if isOrder then random.Next(-2, 5)
                elif isCount || depth > 1 || chance 0.9 then pick ints
                else pick bigInts
            )
        elif t = typeof<int64> then
            box (
                if chance 0.8 then
                    int64 (pick ints)
                else
                    pick [| Int64.MinValue; Int64.MaxValue; 1L <<< 40 |]
            )
        elif t = typeof<uint64> then
            box (uint64 (random.NextInt64()))
        elif t = typeof<byte> then
            box (byte (random.Next 256))
        elif t = typeof<float> then
            box (pick floats)
        elif t = typeof<float32> then
            box (float32 (pick floats))
        elif t = typeof<bool> then
            box (chance 0.5)
        elif t = typeof<char> then
            box (pick [| ','; ';'; '\000'; 'i' |])
        elif t = typeof<string> then
            box (pick texts)
        elif t = typeof<unit> then
            null
        elif t = typeof<Uri> then
            box (pick [| Uri("http://127.0.0.1:9/x"); Uri("file:///missing"); Uri("x", UriKind.Relative) |])
        elif t = typeof<CancellationToken> then
            box (if chance 0.8 then CancellationToken.None else CancellationToken true)
        elif t = typeof<TimeSpan> then
            box (TimeSpan.FromSeconds(pick [| 0.0; -1.0; 5.0 |]))
        elif t = typeof<obj> then
            match random.Next 4 with
            | 0 -> values.Nested 0
            | 1 -> box (pick floats)
            | 2 -> box "text"
            | _ -> box (pick ownTensors)
        elif t = typeof<Array> then
            values.Nested 0
        elif t = typeof<Stream> then
            box (new MemoryStream(Array.init 100 byte))
        elif t = typeof<Random> then
            box (Random 1)
        elif t.IsEnum then
            if chance 0.2 then
                Enum.ToObject(t, pick [| -1; 99; Int32.MaxValue |])
            else
                let all = Enum.GetValues t
                all.GetValue(random.Next all.Length)
        elif t.IsArray then
            let item = nonNull (t.GetElementType())

            let length =
                if item.IsPrimitive && chance 0.02 then
                    3000
                else
                    pick [| 0; 1; 2; 2; 3; 4; 6; 12 |]

            if t.GetArrayRank() = 1 then
                let items = Array.CreateInstance(item, length)

                for i in 0 .. length - 1 do
                    items.SetValue(make item, i)

                box items
            else
                box (Array.CreateInstance(item, [| for _ in 1 .. t.GetArrayRank() -> pick [| 0; 1; 2; 3 |] |]))
        elif isOf typedefof<Nullable<_>> t then
            if chance 0.3 then null else make (t.GetGenericArguments()[0])
        elif
            isOf typedefof<seq<_>> t
            || isOf typedefof<IReadOnlyList<_>> t
            || isOf typedefof<IReadOnlyCollection<_>> t
            || isOf typedefof<IList<_>> t
            || isOf typedefof<ICollection<_>> t
        then
            make ((t.GetGenericArguments()[0]).MakeArrayType())
        elif isOf typedefof<IReadOnlyDictionary<_, _>> t || isOf typedefof<IDictionary<_, _>> t then
            let d =
                nonNull (Activator.CreateInstance(typedefof<Dictionary<_, _>>.MakeGenericType(t.GetGenericArguments())))

            let add = nonNull (d.GetType().GetMethod "set_Item")

            for _ in 1 .. random.Next 4 do
                match make (t.GetGenericArguments()[0]), make (t.GetGenericArguments()[1]) with
                | null, _ -> ()
                | key, value -> add.Invoke(d, [| key; value |]) |> ignore

            d
        elif isOf typedefof<IEqualityComparer<_>> t || t = typeof<System.Collections.IEqualityComparer> then
            box (System.Collections.StructuralComparisons.StructuralEqualityComparer)
        elif isOf typedefof<IProgress<_>> t then
            null
        elif isOf typedefof<list<_>> t then
            let array = make ((t.GetGenericArguments()[0]).MakeArrayType())
            let ofSeq = typedefof<list<_>>.Assembly.GetType "Microsoft.FSharp.Collections.ListModule" |> nonNull
            let ofArray = nonNull (ofSeq.GetMethod "OfArray")

            match array with
            | null -> null
            | array -> ofArray.MakeGenericMethod(t.GetGenericArguments()).Invoke(null, [| array |])
        elif FSharpType.IsFunction t then
            let rec lastOf (t: Type) =
                if FSharpType.IsFunction t then
                    lastOf (snd (FSharpType.GetFunctionElements t))
                else
                    t

            let last = lastOf t
            let body = values.Delegate(last, depth, false)

            let rec curried (t: Type) given : obj =
                FSharpValue.MakeFunction(
                    t,
                    fun argument ->
                        let given = argument :: given
                        let rest = snd (FSharpType.GetFunctionElements t)

                        if FSharpType.IsFunction rest then
                            curried rest given
                        else
                            match body (Array.ofList (List.rev given)) with
                            | null when last.IsValueType -> nonNull (Activator.CreateInstance last)
                            | value -> Unchecked.unbox (box value)
                )

            curried t []
        elif typeof<Delegate>.IsAssignableFrom t then
            let invoke = nonNull (t.GetMethod "Invoke")
            let body = values.Delegate(invoke.ReturnType, depth, takesNull)
            let parameters = [| for p in invoke.GetParameters() -> Expression.Parameter p.ParameterType |]

            let arguments =
                Expression.NewArrayInit(
                    typeof<obj>,
                    parameters |> Array.map (fun p -> Expression.Convert(p, typeof<obj>) :> Expression)
                )

            let call = Expression.Invoke(Expression.Constant(Func<obj[], objnull>(body)), arguments)

            let tail: Expression =
                if invoke.ReturnType = typeof<Void> then
                    call
                elif invoke.ReturnType.IsValueType then
                    let value = Expression.Variable typeof<obj>

                    Expression.Block(
                        [ value ],
                        Expression.Assign(value, call),
                        Expression.Condition(
                            Expression.Equal(value, Expression.Constant null),
                            Expression.Default invoke.ReturnType,
                            Expression.Convert(value, invoke.ReturnType)
                        )
                    )
                else
                    Expression.Convert(call, invoke.ReturnType)

            box (Expression.Lambda(t, tail, parameters).Compile())
        elif FSharpType.IsTuple t then
            FSharpValue.MakeTuple([| for item in FSharpType.GetTupleElements t -> make item |], t)
        elif t = typeof<Key> then
            box (Key.ofSeed (random.Next 5))
        elif isOf typedefof<Tree<_>> t && chance 0.3 && depth < 8 then
            values.Branches(t, depth)
        else
            values.Object(t, depth)

    // Nested arrays, now and then too deep, uneven or inside themselves.
    member private values.Nested(depth: int) : objnull =
        match random.Next 10 with
        | 0 ->
            let inside: objnull[] = Array.zeroCreate 2
            inside[0] <- inside
            box inside
        | 1 -> Seq.fold (fun inner _ -> box [| inner |]) (box 1.0) (seq { 1..10_000 })
        | 2 -> box [| "a"; "b" |]
        | 3 when depth < 3 -> box [| values.Nested(depth + 1); values.Nested(depth + 1) |]
        | 4 -> box (Array2D.create 2 3 1.5)
        | 5 -> box [| box 1; box 2.0 |]
        | 6 -> box [| 1uy; 2uy |]
        | 7 -> box (Array.empty<float>)
        | _ -> box [| [| 1.0; 2.0 |]; [| 3.0; 4.0 |] |]

    // A tree of some branches, now and then a deep one.
    member private values.Branches(t: Type, depth: int) : objnull =
        let cases = FSharpType.GetUnionCases t
        let node = cases |> Array.find (fun case -> case.Name = "Node")
        let pairs = (let fields = node.GetFields() in fields[0].PropertyType.GetGenericArguments()[0])

        let wrap (name: string) (tree: objnull) : objnull =
            let pair = FSharpValue.MakeTuple([| name; tree |], pairs)
            let list = typedefof<list<_>>.MakeGenericType pairs
            let empty = (nonNull (list.GetProperty "Empty")).GetValue null
            let cons = nonNull (list.GetMethod "Cons")
            FSharpValue.MakeUnion(node, [| cons.Invoke(null, [| pair; empty |]) |])

        let leaf = values.Make(t, depth + 6, false, "")

        if chance 0.02 then
            Seq.fold (fun inner _ -> wrap "a" inner) leaf (seq { 1..20_000 })
        else
            wrap (pick [| "weight"; "bias"; "0"; "position"; "a"; "" |]) leaf

    // What is kept, made by a member that gives this type, or put together from its fields.
    member private values.Object(t: Type, depth: int) : objnull =
        let fields (infos: PropertyInfo[]) =
            [| for info in infos -> values.Make(info.PropertyType, depth + 1, false, info.Name) |]

        let definition = if t.IsGenericType then t.GetGenericTypeDefinition() else t

        let kept =
            [|
                for KeyValue(held, found) in pool do
                    if t.IsAssignableFrom held then
                        yield! found
            |]

        if kept.Length > 0 && (depth > 3 || chance 0.6) then
            pick kept
        elif depth > 8 then
            raise (NoValue t)
        else
            let composed =
                (FSharpType.IsUnion t || FSharpType.IsRecord t)
                && (chance 0.7 || not (makers.ContainsKey definition))

            if composed && FSharpType.IsUnion t then
                let cases = FSharpType.GetUnionCases t
                // Of a deep one a case without more of it.
                let flat =
                    cases |> Array.filter (fun case -> depth < 5 || case.GetFields().Length <= 1 && case.Name <> "Node")

                let case = pick (if flat.Length > 0 then flat else cases)
                FSharpValue.MakeUnion(case, fields (case.GetFields()))
            elif composed then
                FSharpValue.MakeRecord(t, fields (FSharpType.GetRecordFields t))
            elif makers.ContainsKey definition then
                let rec attempt left =
                    let maker = values.Close(pick makers[definition], t)

                    let fits =
                        match maker with
                        | :? MethodInfo as m -> t.IsAssignableFrom m.ReturnType
                        | _ -> true

                    let made =
                        if fits then
                            try
                                values.Invoke(maker, depth + 1, false)
                            with
                            | NoValue _ -> null
                            | error when allowed error -> null
                        else
                            null

                    match made with
                    | null when left > 0 -> attempt (left - 1)
                    | null -> raise (NoValue t)
                    | made -> made

                let made = attempt 8
                values.Keep made
                made
            elif t.IsValueType then
                nonNull (Activator.CreateInstance t)
            else
                raise (NoValue t)

    /// Calls a member with values of its parameters' types.
    member values.Invoke(m: MethodBase, depth: int, takesNull: bool) : objnull =
        let arguments = values.Arguments(m, depth, takesNull)
        values.Call(m, arguments)

    /// Values of the parameters' types; before them what an instance's member is of, or null.
    member values.Arguments(m: MethodBase, depth: int, takesNull: bool) : objnull[] =
        [|
            if m.IsStatic || m.IsConstructor then
                null
            else
                values.Make(nonNull m.DeclaringType, depth + 1, false, "")

            for p in m.GetParameters() do
                let takesNull = takesNull || p.HasDefaultValue

                if string m.DeclaringType |> _.EndsWith("Threads") then
                    // What it does outlives the call.
                    random.Next(-1, 4)
                elif p.HasDefaultValue && chance 0.5 then
                    p.DefaultValue
                else
                    values.Make(p.ParameterType, depth + 1, takesNull, string p.Name)
        |]

    member _.Call(m: MethodBase, arguments: objnull[]) : objnull =
        match m with
        | :? ConstructorInfo as c -> c.Invoke arguments[1..]
        | m -> m.Invoke(arguments[0], arguments[1..])
