import mark from "../../images/mark.svg";

export const Wordmark = () => (
  <span class="wordmark">
    <img src={mark} alt="" width={24} height={24} />
    Tenure
  </span>
);
