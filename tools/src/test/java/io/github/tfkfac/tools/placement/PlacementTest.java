package io.github.tfkfac.tools.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.tools.memory.StepGraph;
import io.github.tfkfac.tools.memory.StepModel;
import io.github.tfkfac.tools.placement.Transfers.Copy;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.KernelDef;
import org.tensorflow.proto.KernelList;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

class PlacementTest {
  private static final DataType FLOAT = DataType.DT_FLOAT;

  private final Graph graph = new Graph();
  private final Ops tf = Ops.create(graph);
  private final KernelList.Builder kernels = KernelList.newBuilder();

  PlacementTest() {
    for (String op :
        List.of(
            "Placeholder",
            "Const",
            "MatMul",
            "Relu",
            "Shape",
            "Reshape",
            "UniqueV2",
            "Add",
            "VarHandleOp",
            "ReadVariableOp",
            "AssignVariableOp",
            "AssignAddVariableOp")) {
      kernels.addKernel(KernelDef.newBuilder().setOp(op).setDeviceType("CPU"));
    }
  }

  @AfterEach
  void close() {
    graph.close();
  }

  private void onGpu(String op, String typeAttribute, DataType type, String... hostArguments) {
    add("GPU", op, typeAttribute, type, hostArguments);
  }

  private void add(
      String device, String op, String typeAttribute, DataType type, String... hostArguments) {
    kernels.addKernel(
        KernelDef.newBuilder()
            .setOp(op)
            .setDeviceType(device)
            .addConstraint(
                KernelDef.AttrConstraint.newBuilder()
                    .setName(typeAttribute)
                    .setAllowedValues(
                        AttrValue.newBuilder()
                            .setList(AttrValue.ListValue.newBuilder().addType(type))))
            .addAllHostMemoryArg(Arrays.asList(hostArguments)));
  }

  private Placed place(Operand<?> target) {
    return place(target.op());
  }

  private Placed place(Operation target) {
    StepModel step = StepModel.of(target, List.of(), Map.of());
    KernelRegistry registry =
        new KernelRegistry(kernels.build(), KernelRegistry.loadedOperations());
    return new Placed(step.graph(), Placement.of(step.graph(), registry));
  }

  private static String name(Operand<?> operand) {
    return operand.op().name();
  }

  private record Placed(StepGraph graph, Placement placement) {
    private int at(Operand<?> operand) {
      return Objects.requireNonNull(graph.places().get(name(operand)));
    }

    Processor processor(Operand<?> operand) {
      return placement.processor(at(operand));
    }

    Reason reason(Operand<?> operand) {
      return placement.reason(at(operand));
    }

    List<Copy> copies() {
      BitSet all = new BitSet();
      all.set(0, graph.nodes().size());
      return Transfers.of(graph, placement, all).copies();
    }
  }

  @Test
  void kernelMustAllowTheType() {
    onGpu("MatMul", "T", FLOAT);
    Placeholder<TFloat32> x = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(2, 2)));
    Operand<TFloat32> single = tf.linalg.matMul(x, x);
    Operand<TFloat64> wide =
        tf.linalg.matMul(
            tf.placeholder(TFloat64.class, Placeholder.shape(Shape.of(2, 2))),
            tf.placeholder(TFloat64.class, Placeholder.shape(Shape.of(2, 2))));

    assertThat(place(single).processor(single)).isEqualTo(Processor.GPU);
    assertThat(place(wide).processor(wide)).isEqualTo(Processor.CPU);
    assertThat(place(wide).reason(wide)).isEqualTo(Reason.KERNEL);
  }

  @Test
  void kernelOfAnotherLabelIsNone() {
    kernels.addKernel(
        KernelDef.newBuilder().setOp("Relu").setDeviceType("GPU").setLabel("special"));
    Operand<TFloat32> relu =
        tf.nn.relu(tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(2))));

    assertThat(place(relu).processor(relu)).isEqualTo(Processor.CPU);
  }

  @Test
  void fedTensorIsCopiedOnceAndAResultForTheCpuBack() {
    onGpu("Relu", "T", FLOAT);
    onGpu("Add", "T", FLOAT);
    Placeholder<TFloat32> x = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(4, 3)));
    Operand<TFloat32> relu = tf.nn.relu(x);
    Operand<TFloat32> sum = tf.math.add(relu, x);
    Operand<TFloat32> unique = tf.unique(sum, tf.constant(new int[] {0})).y();

    Placed placed = place(unique);

    assertThat(placed.reason(x)).isEqualTo(Reason.FED);
    assertThat(placed.copies())
        .containsExactlyInAnyOrder(
            new Copy(name(x) + ":0", "Placeholder", Processor.GPU, Optional.of(48L)),
            new Copy(name(sum) + ":0", "Add", Processor.CPU, Optional.of(48L)));
  }

  @Test
  void argumentInMainMemoryIsNotCopied() {
    onGpu("Relu", "T", FLOAT);
    onGpu("Reshape", "T", FLOAT, "shape");
    onGpu("Const", "dtype", DataType.DT_INT32, "output");
    Operand<TFloat32> relu =
        tf.nn.relu(tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(4, 3))));
    Operand<TInt32> size = tf.constant(new int[] {12});
    Operand<TFloat32> flat = tf.reshape(relu, size);

    Placed placed = place(flat);

    assertThat(placed.processor(flat)).isEqualTo(Processor.GPU);
    assertThat(placed.processor(size)).isEqualTo(Processor.GPU);
    assertThat(placed.copies()).extracting(Copy::type).containsExactly("Placeholder");
  }

  @Test
  void constantGoesWithItsOnlyReader() {
    onGpu("Const", "dtype", FLOAT);
    Operand<TFloat32> constant = tf.constant(new float[] {1, 2});
    Operand<TFloat32> relu = tf.nn.relu(constant);

    Placed placed = place(relu);

    assertThat(placed.processor(constant)).isEqualTo(Processor.CPU);
    assertThat(placed.reason(constant)).isEqualTo(Reason.WITH_READERS);
    assertThat(placed.copies()).isEmpty();
  }

  @Test
  void shapeStaysWithItsInputAndUsesTheKernelForAnyDevice() {
    add("DEFAULT", "Shape", "T", FLOAT, "output");
    onGpu("Relu", "T", FLOAT);
    Placeholder<TFloat32> x = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 3)));
    Operand<TInt32> ofFed = tf.shape(x);
    Operand<TInt32> ofResult = tf.shape(tf.nn.relu(x));

    assertThat(place(ofFed).processor(ofFed)).isEqualTo(Processor.CPU);
    assertThat(place(ofFed).copies()).isEmpty();
    assertThat(place(ofResult).processor(ofResult)).isEqualTo(Processor.GPU);
    assertThat(place(ofResult).copies())
        .containsExactly(new Copy(name(x) + ":0", "Placeholder", Processor.GPU, Optional.empty()));
  }

  @Test
  void operationsOnAVariableStayTogether() {
    onGpu("VarHandleOp", "dtype", FLOAT, "resource");
    onGpu("ReadVariableOp", "dtype", FLOAT, "resource");
    onGpu("Relu", "T", FLOAT);
    VarHandleOp variable = tf.varHandleOp(TFloat32.class, Shape.of(5));
    Operand<TFloat32> read = tf.readVariableOp(variable, TFloat32.class);
    Operand<TFloat32> relu = tf.nn.relu(read);
    Placed alone = place(relu);
    assertThat(alone.processor(variable)).isEqualTo(Processor.GPU);
    assertThat(alone.copies()).isEmpty();

    var changed =
        Ops.create(graph)
            .withControlDependencies(List.of(relu))
            .assignAddVariableOp(variable, tf.constant(new float[5]));
    Placed together = place(changed.op());

    assertThat(together.processor(variable)).isEqualTo(Processor.CPU);
    assertThat(together.processor(read)).isEqualTo(Processor.CPU);
    assertThat(together.reason(read)).isEqualTo(Reason.TOGETHER);
    assertThat(together.copies())
        .containsExactly(
            new Copy(name(read) + ":0", "ReadVariableOp", Processor.GPU, Optional.of(20L)));
  }
}
