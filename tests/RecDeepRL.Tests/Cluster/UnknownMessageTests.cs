using System.Buffers;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.Configuration;
using Orleans.Serialization.Invocation;
using Orleans.Serialization.Serializers;
using Orleans.Serialization.WireProtocol;
using RecDeepRL.Cluster;
using RecDeepRL.Cluster.Clients;
using RecDeepRL.Cluster.Shards;

namespace RecDeepRL.Tests.Cluster;

/// <summary>Messages that are in order but for what they hold, from a client that knows more types than the worker.</summary>
[Collection(nameof(HostedWorkers))]
public sealed class UnknownMessageTests
{
    [Theory]
    [InlineData(null, "is not allowed")] // a type that is there, but that no message may hold
    [InlineData("strange", "RuntimeType:]")] // a name that stands for no type
    public async Task AMessageOfAnUnknownTypeIsRefusedAndTheOthersAreServed(string? alias, string answer)
    {
        await using var workers = await HostedWorkers.StartAsync();
        using var host = Client(workers.Settings, alias);
        await host.StartAsync();
        var shard = host.Services.GetRequiredService<IClusterClient>().GetGrain<IShardGrain>(Guid.NewGuid());

        var invoke = typeof(GrainReference).GetMethods(BindingFlags.Instance | BindingFlags.NonPublic).Single(method => method.Name == "InvokeAsync" && !method.IsGenericMethod);
        var call = (ValueTask)invoke.Invoke(shard, [new StrangeRequest()])!;
        var refusal = await Record.ExceptionAsync(() => call.AsTask().WaitAsync(TimeSpan.FromSeconds(30)));

        // The worker has read it as far as that, and answers.
        Assert.Contains(answer, refusal?.Message, StringComparison.Ordinal);
        Assert.False(StrangeRequest.WasInvoked);
        Assert.Equal(2, await workers.CompareAsync());
        await host.StopAsync();
    }

    private static IHost Client(ClusterSettings settings, string? alias)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleansClient(orleans =>
        {
            Membership.Find(orleans, settings);
            ClusterConnection.Configure(orleans, settings);
            orleans.Services.AddSingleton<IGeneralizedCodec, StrangeCodec>();
            orleans.Services.Configure<TypeManifestOptions>(known =>
            {
                known.AllowedTypes.Add(typeof(StrangeRequest).FullName!);
                if (alias is not null)
                    known.WellKnownTypeAliases[alias] = typeof(StrangeRequest);
            });
        });
        return builder.Build();
    }

    private sealed class StrangeRequest : TaskRequest
    {
        public static bool WasInvoked { get; private set; }

        public override string GetMethodName() => "Put";

        public override string GetInterfaceName() => "RecDeepRL.Cluster.IShardGrain";

        public override string GetActivityName() => "strange";

        public override Type GetInterfaceType() => typeof(IShardGrain);

        public override MethodInfo GetMethod() => typeof(IShardGrain).GetMethod(nameof(IShardGrain.Put))!;

        public override object GetTarget() => this;

        public override void SetTarget(ITargetHolder holder)
        {
        }

        public override void Dispose()
        {
        }

        protected override Task InvokeInner()
        {
            WasInvoked = true;
            return Task.CompletedTask;
        }
    }

    private sealed class StrangeCodec : IGeneralizedCodec
    {
        public bool IsSupportedType(Type type) => type == typeof(StrangeRequest);

        public void WriteField<TBufferWriter>(ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, object? value)
            where TBufferWriter : IBufferWriter<byte>
        {
            ReferenceCodec.MarkValueField(writer.Session);
            writer.WriteFieldHeader(fieldIdDelta, expectedType, typeof(StrangeRequest), WireType.TagDelimited);
            writer.WriteEndObject();
        }

        public object ReadValue<TInput>(ref Reader<TInput> reader, Field field) => throw new NotSupportedException();
    }
}
