// @ts-check
/** The end: whoever wants to can still take everything back. */

import { offerWithdrawal } from "./study_withdraw.js";

offerWithdrawal(/** @type {HTMLElement} */ (document.getElementById("end")));
