package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.detection.arch.DetectorConfig;
import io.github.tfkfac.models.layer.Normalizer;
import io.github.tfkfac.tools.detect.DetectionSettings;
import io.github.tfkfac.tools.detect.DetectorOutcome;
import io.github.tfkfac.tools.detect.DetectorRun;
import io.github.tfkfac.tools.detect.RecordedDetectorRun;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import io.github.tfkfac.tools.run.RecordedRun;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Epsilon of the fixed batch normalization, by the weights that a run starts from. */
class NormEpsilonTest {

  private static final String BODY = "backbone.body.conv1.weight";
  private static final String DENSE = "roi_heads.box_head.fc6.weight";
  private static final String CLASSES = "roi_heads.box_predictor.cls_score.bias";
  private static final int COCO = 91;

  @TempDir Path folder;
  private TinyShapes data;

  @BeforeEach
  void writeData() {
    data = TinyShapes.write(folder.resolve("data"));
  }

  /** A file with arrays of zeros of these lengths. */
  private Path weights(Map<String, Integer> lengths) throws IOException {
    Path file = folder.resolve("weights.npz");
    try (OutputStream stream = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(stream)) {
      for (Map.Entry<String, Integer> entry : lengths.entrySet()) {
        String header =
            "{'descr': '<f4', 'fortran_order': False, 'shape': (%d,), }"
                .formatted(entry.getValue());
        byte[] padded =
            (header + " ".repeat(117 - header.length()) + "\n").getBytes(StandardCharsets.US_ASCII);
        ByteBuffer array =
            ByteBuffer.allocate(10 + padded.length + 4 * entry.getValue())
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
                .putShort((short) padded.length)
                .put(padded);
        zip.putNextEntry(new ZipEntry(entry.getKey() + ".npy"));
        zip.write(array.array());
        zip.closeEntry();
      }
    }
    return file;
  }

  private Path detector(int outputs) throws IOException {
    Map<String, Integer> lengths = new LinkedHashMap<>();
    lengths.put(BODY, 1);
    lengths.put(DENSE, 1);
    lengths.put(CLASSES, outputs);
    return weights(lengths);
  }

  private RecordedRun<DetectorRun, DetectorOutcome> start(String profile, Map<String, String> more)
      throws IOException {
    Map<String, String> given = new HashMap<>(more);
    given.putAll(
        Map.of(
            "data", data.folder().toString(),
            "detector", "resnet18",
            "optimizer", "sgdm",
            "profile", profile,
            "batch", "1"));
    return RecordedDetectorRun.start(
        RunFolder.create(Files.createTempDirectory(folder, "runs").resolve("run")),
        DetectionSettings.of(given),
        "detect train",
        List.of());
  }

  private double epsilon(String profile, Map<String, String> more) throws IOException {
    return epsilon(start(profile, more).task());
  }

  private static double epsilon(DetectorRun run) {
    DetectorConfig config = run.settings().config(3);
    return ((Normalizer.FixedBatch) config.backbone().normalizer()).epsilon();
  }

  @Test
  void aWholeDetectorOfCocoV1HasNone() throws IOException {
    assertThat(epsilon("torchvision", Map.of("weights", detector(COCO).toString()))).isZero();
  }

  @Test
  void othersHaveTheUsualOne() throws IOException {
    assertThat(epsilon("torchvision", Map.of())).isEqualTo(1e-5);
    assertThat(epsilon("torchvision", Map.of("weights", detector(5).toString())))
        .as("trained on other data")
        .isEqualTo(1e-5);
    Path second = weights(Map.of(BODY, 1, "roi_heads.box_head.0.0.weight", 1, CLASSES, COCO));
    assertThat(epsilon("torchvision", Map.of("weights", second.toString())))
        .as("torchvision's second version")
        .isEqualTo(1e-5);
    Path backbone = weights(Map.of("conv1.weight", 1, "fc.bias", COCO));
    assertThat(epsilon("torchvision", Map.of("weights", backbone.toString())))
        .as("a backbone")
        .isEqualTo(1e-5);
    assertThat(epsilon("mmdetection", Map.of("weights", detector(COCO).toString())))
        .isEqualTo(1e-5);
  }

  @Test
  void theUserCanSayIt() throws IOException {
    String whole = detector(COCO).toString();
    assertThat(epsilon("torchvision", Map.of("weights", whole, "norm-eps", "1e-5")))
        .isEqualTo(1e-5);
    assertThat(epsilon("torchvision", Map.of("norm-eps", "0"))).isZero();
    assertThatThrownBy(() -> DetectionSettings.of(Map.of("norm-eps", "0")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the detector small has no fixed batch normalization");
  }

  @Test
  void theRunKeepsIt() throws IOException {
    Path file = detector(COCO);
    RunFolder run = start("torchvision", Map.of("weights", file.toString())).task().folder();
    Files.delete(file);

    assertThat(RunRecord.read(run).options()).containsEntry("norm-eps", "0.0");
    assertThat(epsilon(RecordedDetectorRun.open(run, Map.of()).run())).isZero();
    assertThatThrownBy(() -> RecordedDetectorRun.open(run, Map.of("norm-eps", "1e-5")))
        .hasMessageContaining("found --norm-eps 1e-5 where the run has 0.0");
  }

  @Test
  void aRunOfAnOlderRecordKeepsTheUsualOne() throws IOException {
    Path file = detector(COCO);
    RecordedRun<DetectorRun, DetectorOutcome> started =
        start("torchvision", Map.of("weights", file.toString()));
    Map<String, Object> options = new LinkedHashMap<>(started.record().options());
    options.remove("norm-eps");
    RunRecord record = started.record();
    new RunRecord(
            record.command(),
            record.arguments(),
            options,
            record.seeds(),
            record.data(),
            record.environment(),
            record.started(),
            record.result())
        .write(started.task().folder());

    assertThat(epsilon(RecordedDetectorRun.open(started.task().folder(), Map.of()).run()))
        .isEqualTo(1e-5);
  }
}
