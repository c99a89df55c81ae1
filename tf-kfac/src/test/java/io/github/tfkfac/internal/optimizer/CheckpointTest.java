package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.Checkpoint;
import io.github.tfkfac.CheckpointException;
import io.github.tfkfac.CheckpointFolder;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.internal.state.VariableAccess;
import io.github.tfkfac.testing.Tensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Variable;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

class CheckpointTest {

  private static final int STEPS_AFTER = 23;

  @TempDir Path folder;

  @Test
  void aRunInAnotherGraphContinuesBitForBit() {
    Map<String, byte[]> expected;
    Path saved = folder.resolve("saved");
    try (Run run = new Run(5)) {
      run.steps(27);
      run.checkpoint.save(run.session, saved, Map.of("epoch", "3:17"));
      run.steps(STEPS_AFTER);
      expected = run.everyVariable();
    }
    try (Run other = new Run(5)) {
      other.steps(4);
      assertThat(other.checkpoint.restore(other.session, saved)).containsEntry("epoch", "3:17");
      other.steps(STEPS_AFTER);
      assertThat(other.everyVariable()).usingRecursiveComparison().isEqualTo(expected);
    }
  }

  /** The folder's path is as long as the system allows, so its files' are too long. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void filesThatTensorFlowCannotWriteAreNamedInALineAndLeaveNothing() throws IOException {
    int longest = 4085 - ".unfinished".length();
    Path root = folder.toAbsolutePath();
    while (root.toString().length() < longest - 200) {
      root = root.resolve("x".repeat(100));
    }
    Path target = root.resolve("y".repeat(longest - root.toString().length() - 1));
    Files.createDirectories(root);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Variable<TFloat32> variable = tf.variable(tf.constant(1f));
      Checkpoint checkpoint = Checkpoint.of(graph);
      try (Session session = new Session(graph)) {
        session.run(tf.assign(variable, tf.constant(2f)));
        assertThatThrownBy(() -> checkpoint.save(session, target, Map.of()))
            .isInstanceOf(CheckpointException.class)
            .hasMessage(
                "expected a place where the checkpoint %s can be written, found: File name too long; make room or see to the permissions, earlier checkpoints are intact"
                    .formatted(target));
      }
    }
    assertThat(root).isEmptyDirectory();
  }

  @Test
  void variablesOfEveryElementTypeComeBack() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Variable<TString> text = tf.variable(Shape.scalar(), TString.class);
      Variable<TFloat16> half = tf.variable(Shape.scalar(), TFloat16.class);
      GraphOperation count = // TensorFlow-Java has no class for its type
          (GraphOperation)
              tf.scope()
                  .opBuilder("VarHandleOp", "count")
                  .setAttr("dtype", DataType.DT_UINT32)
                  .setAttr("shape", Shape.scalar())
                  .build();
      Op first =
          tf.withControlDependencies(
                  tf.assign(text, tf.constant("first")),
                  tf.assign(half, tf.dtypes.cast(tf.constant(1.5f), TFloat16.class)),
                  VariableAccess.assign(tf, count, cast(tf, tf.constant(7), DataType.DT_UINT32)))
              .noOp();
      Op second =
          tf.withControlDependencies(
                  tf.assign(text, tf.constant("second")),
                  tf.assign(half, tf.dtypes.cast(tf.constant(2.5f), TFloat16.class)),
                  VariableAccess.assign(tf, count, cast(tf, tf.constant(8), DataType.DT_UINT32)))
              .noOp();
      Operand<TFloat32> halfValue = tf.dtypes.cast(tf.identity(half), TFloat32.class);
      Output<?> countValue = cast(tf, VariableAccess.read(tf, count), DataType.DT_INT32);
      Checkpoint checkpoint = Checkpoint.of(graph);
      try (Session session = new Session(graph)) {
        session.run(first);
        checkpoint.save(session, folder.resolve("types"), Map.of());
        session.run(second);
        checkpoint.restore(session, folder.resolve("types"));
        try (Result result =
            session.runner().fetch(text).fetch(halfValue).fetch(countValue).run()) {
          assertThat(((TString) result.get(0)).getObject()).isEqualTo("first");
          assertThat(((TFloat32) result.get(1)).getFloat()).isEqualTo(1.5f);
          assertThat(((TInt32) result.get(2)).getInt()).isEqualTo(7);
        }
      }
    }
  }

  private static Output<?> cast(Ops tf, Operand<?> value, DataType type) {
    return tf.scope()
        .opBuilder("Cast", "Cast")
        .addInput(value.asOutput())
        .setAttr("DstT", type)
        .build()
        .output(0);
  }

  @Test
  void aCheckpointOfAnotherModelIsRejectedAndNothingChanges() {
    Path saved = folder.resolve("saved");
    try (Run run = new Run(5)) {
      run.checkpoint.save(run.session, saved, Map.of());
    }
    try (Run other = new Run(6)) {
      Map<String, byte[]> before = other.everyVariable();
      assertThatThrownBy(() -> other.checkpoint.restore(other.session, saved))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("another model")
          .hasMessageContaining("w TFloat32");
      assertThat(other.everyVariable()).usingRecursiveComparison().isEqualTo(before);
    }
  }

  @Test
  void aCheckpointThatIsCutShortIsRejectedAndTheEarlierOneIsFound() throws IOException {
    try (Run run = new Run(5)) {
      CheckpointFolder checkpoints = new CheckpointFolder(folder, 3);
      Path first = checkpoints.save(run.checkpoint, run.session, 1, Map.of());
      run.steps(1);
      Path second = checkpoints.save(run.checkpoint, run.session, 2, Map.of());
      assertThat(checkpoints.latest()).contains(second);
      Path data = second.resolve("variables.data-00000-of-00001");
      byte[] bytes = Files.readAllBytes(data);
      Files.write(data, Arrays.copyOf(bytes, bytes.length - 8));
      Map<String, byte[]> before = run.everyVariable();
      assertThatThrownBy(() -> run.checkpoint.restore(run.session, second))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("damaged")
          .hasMessageContaining("variables.data-00000-of-00001");
      assertThat(run.everyVariable()).usingRecursiveComparison().isEqualTo(before);
      assertThat(checkpoints.latest()).contains(first);
    }
  }

  @Test
  void aSingleAlteredBitIsNoticed() throws IOException {
    Path saved = folder.resolve("saved");
    try (Run run = new Run(5)) {
      run.checkpoint.save(run.session, saved, Map.of());
      Path data = saved.resolve("variables.data-00000-of-00001");
      byte[] bytes = Files.readAllBytes(data);
      bytes[bytes.length / 2] ^= 1;
      Files.write(data, bytes);
      assertThatThrownBy(() -> run.checkpoint.restore(run.session, saved))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("damaged");
    }
  }

  @Test
  void onlyTheNewestCheckpointsAreKept() {
    try (Run run = new Run(5)) {
      CheckpointFolder checkpoints = new CheckpointFolder(folder, 2);
      for (long step = 1; step <= 4; step++) {
        checkpoints.save(run.checkpoint, run.session, step, Map.of());
      }
      assertThat(checkpoints.all())
          .containsExactly(folder.resolve("step-00000003"), folder.resolve("step-00000004"));
    }
  }

  @Test
  void stepsWithMoreDigitsThanUsualAreNewer() {
    try (Run run = new Run(5)) {
      CheckpointFolder checkpoints = new CheckpointFolder(folder, 1);
      checkpoints.save(run.checkpoint, run.session, 99_999_999, Map.of());
      Path newest = checkpoints.save(run.checkpoint, run.session, 100_000_000, Map.of());
      assertThat(checkpoints.all()).containsExactly(newest);
      assertThat(checkpoints.latest()).contains(newest);
    }
  }

  @Test
  void filesOfTheUserAreNotReplacedByACheckpoint() throws IOException {
    Path results = Files.createDirectory(folder.resolve("results"));
    try (Run run = new Run(5)) {
      run.checkpoint.save(run.session, results, Map.of());
      run.checkpoint.save(run.session, results, Map.of());
      Path notes = Files.writeString(results.resolve("notes.txt"), "seed 5");
      for (Path target : List.of(results, notes)) {
        assertThatThrownBy(() -> run.checkpoint.save(run.session, target, Map.of()))
            .isInstanceOf(CheckpointException.class)
            .hasMessage(
                "expected a folder of its own for the checkpoint %s, found notes.txt there, which would be lost; save it to a new folder"
                    .formatted(target));
      }
      assertThat(notes).hasContent("seed 5");
      assertThat(folder).isDirectoryNotContaining("glob:**.unfinished");
      assertThat(run.checkpoint.restore(run.session, results)).isEmpty();
    }
  }

  @Test
  void anEmptyFolderIsNamed() {
    try (Run run = new Run(5)) {
      assertThatThrownBy(() -> run.checkpoint.restore(run.session, folder))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining(folder.toString());
    }
  }

  /** A linear regression of both kinds of variables on constant data. */
  private static final class Run implements AutoCloseable {
    final Graph graph = new Graph();
    final Session session;
    final Checkpoint checkpoint;
    private final Op train;
    private final Map<String, Operand<?>> reads = new LinkedHashMap<>();

    Run(int inputs) {
      Ops tf = Ops.create(graph);
      float[][] x = new float[8][inputs];
      for (int i = 0; i < x.length; i++) {
        for (int j = 0; j < inputs; j++) {
          x[i][j] = (float) Math.sin(1 + i * 7 + j * 3);
        }
      }
      Variable<TFloat32> weight = tf.withName("w").variable(Shape.of(inputs, 3), TFloat32.class);
      Ops init = tf.withInitScope();
      init.assign(weight, init.fill(init.constant(new int[] {inputs, 3}), init.constant(0.25f)));
      Operand<TFloat32> output = tf.linalg.matMul(tf.constant(x), tf.identity(weight));
      Operand<TFloat32> loss =
          tf.math.mean(
              tf.math.squaredDifference(output, tf.math.sin(output)),
              tf.constant(new int[] {0, 1}));
      Kfac optimizer = new Kfac(graph, KfacOptions.nkfac().withPeriods(3, 10));
      train = optimizer.minimize(loss);
      checkpoint = Checkpoint.of(graph);
      reads.put("w", weight);
      for (GraphVariable<?> variable : optimizer.stateVariables()) {
        reads.put(variable.name(), variable.read(tf));
      }
      session = new Session(graph);
      session.initialize();
    }

    void steps(int count) {
      for (int i = 0; i < count; i++) {
        session.run(train);
      }
    }

    Map<String, byte[]> everyVariable() {
      Map<String, byte[]> values = new LinkedHashMap<>();
      reads.forEach(
          (name, read) -> {
            try (Result result = session.runner().fetch(read).run()) {
              values.put(name, bytes(result.get(0)));
            }
          });
      return values;
    }

    private static byte[] bytes(Tensor tensor) {
      if (tensor instanceof TInt64 integers) {
        return Long.toString(integers.getLong()).getBytes(StandardCharsets.UTF_8);
      }
      double[] values =
          tensor instanceof TFloat32 || tensor instanceof TFloat64
              ? Tensors.values(tensor)
              : new double[0];
      ByteBuffer buffer = ByteBuffer.allocate(values.length * 8);
      for (double value : values) {
        buffer.putDouble(value);
      }
      return buffer.array();
    }

    @Override
    public void close() {
      session.close();
      graph.close();
    }
  }
}
