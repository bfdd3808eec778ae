using RecDeepRL.Data.Datasets;
using static RecDeepRL.Tests.Data.Datasets.SourceFolder;

namespace RecDeepRL.Tests.Data.Datasets;

public sealed class KuaiTests : IDisposable
{
    private const string Matrix = "user_id,video_id,play_duration,video_duration,time,date,timestamp,watch_ratio\n";

    private readonly SourceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheBigMatrixIsRead()
    {
        WriteKuaiRec();
        var data = _folder.Read(new ImportOptions { Format = "kuairec-big" });
        Assert.Equal("kuairec-big", data.Name);
        // The same pair twice: the published file has such rows, and they are kept.
        Assert.Equal([0L, 0, 3], Integers(data.Interactions, "user_idx"));
        Assert.Equal([3649L, 3649, 7], Integers(data.Interactions, "item_idx"));
        Assert.Equal([1.273397, 1.273397, 0], Numbers(data.Interactions, "response"));
        Assert.Equal([1593878903L, 1593878903, 1593879000], Integers(data.Interactions, "timestamp")); // 1593878903.438, rounded down.

        Assert.Equal(["user_idx", "user_active_degree", "is_lowactive_period", "follow_user_num", "follow_user_num_range", "onehot_feat0", "onehot_feat4"], Names(data.Users));
        Assert.Equal(["high_active", "full_active"], Texts(data.Users, "user_active_degree"));
        Assert.Equal([5L, 386], Integers(data.Users, "follow_user_num"));
        Assert.Equal(["(0,10]", "(250,500]"], Texts(data.Users, "follow_user_num_range"));
        Assert.Equal([0L, -1], Integers(data.Users, "onehot_feat4")); // Written as 0.0 and as nothing.

        Assert.Equal(["item_idx", "category:8", "category:9", "category:27"], Names(data.Items));
        Assert.Equal([3649L, 7, 8], Integers(data.Items, "item_idx"));
        Assert.Equal([0L, 1, 1], Integers(data.Items, "category:9"));
        Assert.Equal([0L, 1, 0], Integers(data.Items, "category:27"));
    }

    [Fact]
    public void RowsOfTheSmallMatrixWithoutATimeAreKeptAndCounted()
    {
        WriteKuaiRec();
        using var destination = new Experiments.TemporaryFolder();
        var manifest = DatasetSource.Open(_folder.Path, new ImportOptions { Format = "kuairec-small" }).Import(destination.PathOf("out"));
        Assert.Equal((1, 1593878903L, 1593878903L), (manifest.RowsWithoutTime, manifest.FirstTime, manifest.LastTime));
        Assert.Contains("1 rows have no time; their timestamp is -1.", manifest.Notes);
        Assert.Equal([1593878903L, -1], Integers(DatasetFolder.Read(destination.PathOf("out")).Interactions, "timestamp"));
    }

    [Fact]
    public void WhatDoesNotChangeFromDayToDayIsTakenFromTheDailyFeatures()
    {
        WriteKuaiRec();
        _folder.Write(
            "data/item_daily_features.csv",
            "video_id,date,author_id,video_type,upload_dt,video_duration,play_cnt\n7,20200705,5,NORMAL,2020-03-30,5966.0,9\n7,20200706,5,NORMAL,2020-03-30,5966.0,8\n8,20200705,6,AD,2020-04-01,,1\n99,20200705,1,AD,2020-04-01,9999.0,1\n");
        var items = _folder.Read(new ImportOptions { Format = "kuairec-big" }).Items;
        Assert.Equal(["item_idx", "category:8", "category:9", "category:27", "author_id", "video_type", "upload_dt", "video_duration", "video_duration:missing"], Names(items));
        Assert.Equal([3649L, 7, 8], Integers(items, "item_idx"));
        Assert.Equal([-1L, 5, 6], Integers(items, "author_id"));
        Assert.Equal(["", "NORMAL", "AD"], Texts(items, "video_type"));
        Assert.Equal([5966L, 5966, 5966], Integers(items, "video_duration"));
        Assert.Equal([1L, 0, 1], Integers(items, "video_duration:missing"));
    }

    [Fact]
    public void AnyColumnOfNumbersMayBeTheResponse()
    {
        WriteKuaiRec();
        Assert.Equal([13838.0, 13838, 0], Numbers(_folder.Read(new ImportOptions { Format = "kuairec-big", Response = "play_duration" }).Interactions, "response"));
        _folder.Refuses(new ImportOptions { Format = "kuairec-big", Response = "like" }, "has no column 'like'", "'watch_ratio'");
        _folder.Refuses(new ImportOptions { Format = "kuairec-big", Response = "time" }, "big_matrix.csv, line 2, column 'time': '2020-07-05 00:08:23.438' was received");
    }

    [Fact]
    public void AFolderWithSeveralDataSetsNeedsAFormat()
    {
        WriteKuaiRec();
        _folder.Refuses(null, "could be kuairec-big or kuairec-small", "--format");
    }

    [Fact]
    public void TheLogsOfKuaiRandArePassedThroughInOrder()
    {
        const string Header = "user_id,video_id,date,hourmin,time_ms,is_click,is_like,long_view\n";
        _folder.Write("data/log_standard_4_08_to_4_21_pure.csv", Header + "0,5,20220408,400,1650485801301,1,0,1\n")
            .Write("data/log_standard_4_22_to_5_08_pure.csv", Header + "27284,7582,20220422,400,1650643200000,0,1,0\n")
            .Write("data/log_random_4_22_to_5_08_pure.csv", Header + "0,6,20220422,400,1650643200999,0,0,1\n")
            .Write("data/user_features_pure.csv", "user_id,user_active_degree,fans_user_num,onehot_feat3\n0,full_active,312,1153\n27284,UNKNOWN,0,\n")
            .Write("data/video_features_basic_pure.csv", "video_id,author_id,video_type,visible_status,video_duration,music_type,tag\n5,441,NORMAL,1,17200.0,4.0,\"12,65\"\n6,442,AD,1,,,\n7582,443,NORMAL,1,9000.0,9.0,12\n");
        _folder.Refuses(null, "could be kuairand-pure or kuairand-pure-random");

        var data = _folder.Read(new ImportOptions { Format = "kuairand-pure" });
        Assert.Equal([0L, 27284], Integers(data.Interactions, "user_idx"));
        Assert.Equal([1.0, 0], Numbers(data.Interactions, "response"));
        Assert.Equal([1650485801L, 1650643200], Integers(data.Interactions, "timestamp"));
        Assert.Equal([1153L, -1], Integers(data.Users, "onehot_feat3"));
        Assert.Equal(["item_idx", "author_id", "video_type", "video_duration", "video_duration:missing", "music_type", "tag:12", "tag:65"], Names(data.Items));
        Assert.Equal([17200L, 9000, 9000], Integers(data.Items, "video_duration")); // The lower median of 9000 and 17200.
        Assert.Equal([4L, -1, 9], Integers(data.Items, "music_type"));
        Assert.Equal([1L, 0, 1], Integers(data.Items, "tag:12"));

        var random = _folder.Read(new ImportOptions { Format = "kuairand-pure-random", Response = "long_view" });
        Assert.Equal([6L], Integers(random.Interactions, "item_idx"));
        Assert.Equal([1.0], Numbers(random.Interactions, "response"));
    }

    [Fact]
    public void ALetterInAFeatureIsToldAndLeavesNoHalfRow()
    {
        WriteKuaiRec();
        _folder.Write("data/user_features.csv", "user_id,follow_user_num,onehot_feat0\n0,5,1\n3,many,0\n");
        _folder.Refuses(new ImportOptions { Format = "kuairec-big" }, "user_features.csv, line 3, column 'follow_user_num': 'many' was received, expected is a whole number or nothing");
        var users = _folder.Read(new ImportOptions { Format = "kuairec-big", SkipBad = 1 }).Users;
        Assert.Equal([0L, 3], Integers(users, "user_idx"));
        Assert.Equal([1L, -1], Integers(users, "onehot_feat0"));
    }

    private void WriteKuaiRec() => _folder
        .Write("data/big_matrix.csv", Matrix + "0,3649,13838,10867,2020-07-05 00:08:23.438,20200705,1593878903.438,1.273397\n0,3649,13838,10867,2020-07-05 00:08:23.438,20200705,1593878903.438,1.273397\n3,7,0,5966,2020-07-05 00:10:00,20200705,1593879000.0,0.0\n")
        .Write("data/small_matrix.csv", Matrix + "0,3649,13838,10867,2020-07-05 00:08:23.438,20200705.0,1593878903.438,1.273397\n3,8,10,5966,,,,0.0017\n")
        .Write("data/user_features.csv", "user_id,user_active_degree,is_lowactive_period,follow_user_num,follow_user_num_range,onehot_feat0,onehot_feat4\n0,high_active,0,5,\"(0,10]\",1,0.0\n3,full_active,0,386,\"(250,500]\",0,\n")
        .Write("data/item_categories.csv", "video_id,feat\n3649,[8]\n7,\"[27, 9]\"\n8,[9]\n");
}
